import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it, onTestFinished } from "vitest";
import { PlayedWorker } from "../../test/support/played-worker.ts";
import { SupervisorStage } from "../../test/support/supervisor-stage.ts";
import type { ProcessIdentity } from "../domain/worker.ts";
import { identify } from "../machine/process-identity.ts";
import { Upkeep } from "./upkeep.ts";

const minute = 60_000;

/** An upkeep and a clock to move. */
function upkeepOf({ store }: SupervisorStage, cleanupAgeMs: number) {
  const clock = {
    ahead: 0,
    now: () => Date.now() + clock.ahead,
    monotonic: () => performance.now() + clock.ahead,
  };
  return { clock, upkeep: new Upkeep({ store, clock, cleanupAgeMs, isOurs: () => false }) };
}

async function ended(stage: SupervisorStage, id: string, process?: ProcessIdentity) {
  await PlayedWorker.start(stage.store, { id, ...(process && { process }) });
  const ending = { reason: "it left" };
  const tasks = { kind: "released" } as const;
  const end = { workerId: id, event: "leave", ending, tasks, now: Date.now(), jitter: 0 } as const;
  await stage.store.endWorker(end);
}

async function ids({ store }: SupervisorStage): Promise<string[]> {
  return (await store.listWorkers({})).map(({ id }) => id);
}

it("removes rows of workers by the age of their end, and no row of a live one", async () => {
  const stage = await SupervisorStage.open();
  await PlayedWorker.start(stage.store, { id: "live" });
  await ended(stage, "old");
  const { clock, upkeep } = upkeepOf(stage, minute);

  await upkeep.look();
  const fresh = await ids(stage);
  clock.ahead = 2 * minute;
  await upkeep.look();

  expect(fresh).toEqual(["live", "old"]);
  expect(await ids(stage)).toEqual(["live"]);
});

it("keeps the row of a worker whose process still runs", async () => {
  const stage = await SupervisorStage.open();
  const child = spawn("sleep", ["60"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "spawn");
  await ended(stage, "stays", identify(child.pid ?? 0));
  const { clock, upkeep } = upkeepOf(stage, minute);

  clock.ahead = 2 * minute;
  await upkeep.look();
  const before = await ids(stage);
  child.kill("SIGKILL");
  await once(child, "exit");
  clock.ahead = 4 * minute;
  await upkeep.look();

  expect(before).toEqual(["stays"]);
  expect(await ids(stage)).toEqual([]);
});

it("is done by a supervisor, at its start and from then on", async () => {
  const stage = await SupervisorStage.open();
  await ended(stage, "earlier");

  const supervisor = await stage.settled(stage.scripted(), undefined, {
    cleanupAgeMs: 0,
    sweepMs: 10,
  });
  const [first = ""] = (await stage.live()).map(({ id }) => id);
  const atStart = await ids(stage);
  await supervisor.abort(first, { tasks: "fail" });
  await stage.untilGone(first);

  expect(atStart).toEqual([first]);
});
