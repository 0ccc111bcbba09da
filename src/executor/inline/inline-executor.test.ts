import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { orderFor } from "../../../test/support/start-order.ts";
import { describeExecutor, type WorkerBehaviour } from "../conformance/executor.conformance.ts";
import { InlineExecutor, type RunInline } from "./inline-executor.ts";

const behaviours: Record<WorkerBehaviour, RunInline> = {
  exits_with_0: async () => 0,
  exits_with_3: async () => 3,
  leaves_when_asked: (_launch, { signal }) =>
    new Promise((resolve) => signal.addEventListener("abort", () => resolve(0))),
  ignores_being_asked: () => new Promise(() => {}),
  cannot_start: async () => 1,
};

describeExecutor("InlineExecutor", () => ({
  open: (behaviour) => new InlineExecutor({ run: behaviours[behaviour] }),
  newOrder: () => orderFor("worker"),
  untilSettled: async () => {},
  startCanFail: false,
}));

describe("an inline executor", () => {
  it("hands the worker its launch document", async () => {
    const seen: string[] = [];
    const executor = new InlineExecutor({
      run: async (launch) => {
        seen.push(launch.workerId);
        return 0;
      },
    });

    await (await executor.start(orderFor("w1"))).exit;

    expect(seen).toEqual(["w1"]);
  });

  it("writes why a worker failed into its log", async () => {
    const folder = mkdtempSync(join(tmpdir(), "clx-inline-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const executor = new InlineExecutor({
      run: async () => {
        throw new Error("no way");
      },
    });
    const logPath = join(folder, "logs", "w1.log");

    const exit = await (await executor.start({ ...orderFor("w1"), logPath })).exit;

    expect(exit).toEqual({ kind: "exited", code: 1 });
    expect(readFileSync(logPath, "utf8")).toContain("no way");
  });

  it("asks its workers to leave when it is closed", async () => {
    const executor = new InlineExecutor({ run: behaviours.leaves_when_asked });
    const worker = await executor.start(orderFor("w1"));

    await executor.close();

    await expect(worker.exit).resolves.toEqual({ kind: "exited", code: 0 });
  });
});
