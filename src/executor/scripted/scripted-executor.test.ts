import { describe, expect, it } from "vitest";
import { orderFor } from "../../../test/support/start-order.ts";
import { describeExecutor, type WorkerBehaviour } from "../conformance/executor.conformance.ts";
import { ScriptedExecutor } from "./scripted-executor.ts";
import { ScriptedMachine } from "./scripted-machine.ts";
import type { WorkerScript } from "./worker-script.ts";

const scripts: Record<WorkerBehaviour, WorkerScript> = {
  exits_with_0: { endsAfterMs: 1 },
  exits_with_3: { endsAfterMs: 1, exit: { kind: "exited", code: 3 } },
  leaves_when_asked: {},
  ignores_being_asked: { ignoresStop: true },
  cannot_start: { startFails: "the script says so" },
};

describeExecutor("ScriptedExecutor", () => {
  const machine = new ScriptedMachine();
  return {
    open: (behaviour) => new ScriptedExecutor({ script: scripts[behaviour], machine }),
    newOrder: () => orderFor("worker"),
    untilSettled: async () => {},
    startCanFail: true,
  };
});

describe("a scripted executor", () => {
  it("makes a worker crash when the test says so", async () => {
    const executor = new ScriptedExecutor();
    const worker = await executor.start(orderFor("w1"));

    executor.crash("w1", { kind: "killed", signal: "SIGSEGV" });

    await expect(worker.exit).resolves.toEqual({ kind: "killed", signal: "SIGSEGV" });
    expect(executor.running).toEqual([]);
  });

  it("follows one script for each start", async () => {
    const executor = new ScriptedExecutor({
      script: (_order, nth) => (nth === 0 ? { startFails: "not yet" } : {}),
    });

    await expect(executor.start(orderFor("w1"))).rejects.toThrow("not yet");
    await executor.start(orderFor("w2"));

    expect(executor.running).toEqual(["w2"]);
    expect(executor.orders.map(({ launch }) => launch.workerId)).toEqual(["w1", "w2"]);
  });

  it("ends what a worker left behind only once", async () => {
    const executor = new ScriptedExecutor({ script: { strays: 2 } });
    const worker = await executor.start(orderFor("w1"));
    executor.crash("w1");

    const ended = [await executor.cleanup(worker.ref), await executor.cleanup(worker.ref)];

    expect(ended).toEqual([2, 0]);
  });
});
