import { describe, expect, it } from "vitest";
import { workerRow } from "../../test/support/supervisor-processes.ts";
import { poolOf, SupervisorStage } from "../../test/support/supervisor-stage.ts";
import type { EventType } from "../domain/event.ts";
import { abortedForGood, abortedForNow } from "./abort-worker.ts";
import type { Charge } from "./charge.ts";
import { OthersWishes } from "./others-wishes.ts";
import { PoolState } from "./pool-state.ts";

async function openWishes() {
  const stage = await SupervisorStage.open();
  const row = await workerRow(stage.store);
  const shrunk: string[] = [];
  const wishes = new OthersWishes(stage.store, (_, why) => shrunk.push(why));
  const charge: Charge = {
    id: row.id,
    pool: new PoolState(poolOf({ count: 2 })),
    place: 0,
    logPath: "",
    since: 0,
    adopted: false,
    startGivenUp: new AbortController(),
    phase: "idle",
    isBeingEnded: false,
    isReleased: false,
  };
  const note = (type: EventType, reason = "", workerId = row.id) =>
    stage.store.appendEvents({ events: [{ type, at: 1, workerId, data: { reason } }] });
  const read = () => wishes.read((id) => id === row.id);
  return { stage, shrunk, row, wishes, charge, note, read };
}

describe("OthersWishes", () => {
  it.each<[string, EventType, string, object, number]>([
    ["a drain", "worker_draining", "", { kind: "drained", replace: false }, 1],
    ["an abort for good", "worker_aborted", abortedForGood, { kind: "ended", replace: false }, 1],
    [
      "an abort to run again",
      "worker_aborted",
      abortedForNow,
      { kind: "aborted", replace: true },
      2,
    ],
  ])("heeds %s", async (_, type, reason, leaving, wanted) => {
    const { wishes, row, charge, note, read } = await openWishes();
    await read();

    await note(type, reason);
    await read();
    wishes.heed(charge, row);

    expect(charge.leaving).toMatchObject(leaving);
    expect(charge.pool.wanted).toBe(wanted);
  });

  it("takes no notice of what was logged before it began, nor about strangers", async () => {
    const { wishes, row, charge, note, read } = await openWishes();
    await note("worker_draining");

    await read();
    await note("worker_draining", "", "a-stranger");
    await read();
    wishes.heed(charge, row);

    expect(charge.leaving).toBeUndefined();
  });

  it("counts one wish once, however often it looks", async () => {
    const { shrunk, wishes, row, charge, note, read } = await openWishes();
    await read();
    await note("worker_draining");
    await note("worker_aborted", abortedForGood);

    for (let look = 0; look < 3; look++) {
      await read();
      wishes.heed(charge, row);
    }

    expect(charge.pool.wanted).toBe(1);
    expect(shrunk).toEqual([abortedForGood]);
  });

  it("finds what it looks for among very many others", async () => {
    const { stage, wishes, row, charge, note, read } = await openWishes();
    await read();
    const others = Array.from({ length: 1_200 }, (_, at) => ({
      type: at % 2 === 0 ? ("worker_draining" as const) : ("task_submitted" as const),
      at,
      workerId: "a-stranger",
    }));
    await stage.store.appendEvents({ events: others });

    await note("worker_draining");
    await read();
    await stage.store.appendEvents({ events: others });
    await read();
    wishes.heed(charge, row);

    expect(charge.leaving?.kind).toBe("drained");
  });
});
