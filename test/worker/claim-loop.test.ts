import { tmpdir } from "node:os";
import { expect, it, onTestFinished } from "vitest";
import { defaultTiming } from "../../src/domain/launch.ts";
import type { Task } from "../../src/domain/task.ts";
import { storeLink } from "../../src/link/store-link.ts";
import type { WorkerLink } from "../../src/link/worker-link.ts";
import { numbered, Stage } from "../../src/store/conformance/stage.ts";
import type { AttemptWatch } from "../../src/worker/attempt/attempt.ts";
import { LogTail } from "../../src/worker/attempt/log-tail.ts";
import { ClaimLoop } from "../../src/worker/claim-loop.ts";
import { StopReason } from "../../src/worker/handler.ts";
import { openSqliteSite } from "../support/store-site.ts";
import { until } from "../support/until.ts";

it("keeps nothing that it may not begin, while it is unsure whether it may take more", async () => {
  const stage = new Stage(await openSite());
  await stage.store.submit({ tasks: numbered(10, () => stage.newTask()), now: stage.now });
  const claim = Promise.withResolvers<void>();
  const { loop, begun } = await loopOn(stage, { concurrency: 2, mayClaim: claim.promise });

  loop.start();
  loop.pause(true);
  claim.resolve();

  const taken = async () => (await tasksOf(stage)).filter(({ attempt }) => attempt > 0);
  await until(async () => {
    const tasks = await taken();
    return tasks.length === 2 && tasks.every(({ state }) => state === "pending");
  });
  expect(begun).toEqual([]);
  loop.pause(false);
  await until(() => begun.length === 2);
  expect((await tasksOf(stage)).filter(({ state }) => state === "running")).toHaveLength(2);
});

async function openSite() {
  const site = await openSqliteSite();
  onTestFinished(() => site.close());
  return site;
}

/** A loop whose handlers go on until the end of the test. */
async function loopOn(
  stage: Stage,
  { concurrency, mayClaim }: { readonly concurrency: number; readonly mayClaim: Promise<void> },
) {
  const workerId = await stage.worker({ concurrency });
  const direct = storeLink({ store: await stage.site.openAnother(), patienceMs: 20_000 });
  const link: WorkerLink = {
    ...direct,
    claim: async (params) => {
      await mayClaim;
      return await direct.claim({ ...params, now: stage.now });
    },
  };
  const begun: string[] = [];
  const lost: unknown[] = [];
  const loop = new ClaimLoop({
    launch: {
      ...{ workerId, launchToken: "", type: "echo", handler: "", concurrency },
      link: { kind: "store", path: "" },
      leaveWithParent: false,
      timing: defaultTiming,
      checkpointFolder: tmpdir(),
    },
    link,
    definition: {
      type: "echo",
      handle: async ({ id }, { signal }) => {
        begun.push(id);
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
    },
    watch: (tasks) => tasks.map(unwatched),
    memoryFree: () => undefined,
    onStanding: () => {},
    onLost: (error) => lost.push(error),
  });
  onTestFinished(async () => {
    loop.abandon(new StopReason("superseded", "the test is over", 0));
    await link.close();
    expect(lost).toEqual([]);
  });
  return { loop, begun };
}

function unwatched(_: Task): AttemptWatch {
  return {
    logTail: new LogTail(),
    begin: () => true,
    giveBack: () => true,
    finished: () => ({}),
    superseded: () => {},
  };
}

async function tasksOf(stage: Stage): Promise<readonly Task[]> {
  return (await stage.store.listTasks({ limit: 100 })).items;
}
