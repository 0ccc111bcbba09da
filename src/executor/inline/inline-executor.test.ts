import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { forbidProcessLeaks } from "../../../test/support/process-leaks.ts";
import { orderFor } from "../../../test/support/start-order.ts";
import { until } from "../../../test/support/until.ts";
import { describeExecutor, type WorkerBehaviour } from "../conformance/executor.conformance.ts";
import type { RunningWorker, StartOrder } from "../executor.ts";
import { InlineExecutor } from "./inline-executor.ts";

forbidProcessLeaks();

const behaviours: Record<WorkerBehaviour, string> = {
  exits_with_0: "process.exit(0)",
  exits_with_3: "process.exit(3)",
  leaves_when_asked: "threads.parentPort.on('message', () => process.exit(0))",
  ignores_being_asked: "for (;;);",
  cannot_start: "throw new Error('never')",
};

function runs(code: string): InlineExecutor {
  const program = `import threads from "node:worker_threads"; ${code}`;
  return new InlineExecutor({ entry: new URL(`data:text/javascript,${encodeURI(program)}`) });
}

describeExecutor("InlineExecutor", () => ({
  open: (behaviour) => runs(behaviours[behaviour]),
  newOrder: () => orderFor("worker"),
  untilSettled: async () => {},
  startCanFail: false,
}));

describe("an inline worker", () => {
  it("is given its launch document, and its id in the environment of its own", async () => {
    const { worker, log } = await start(
      "console.log(threads.workerData.launch.workerId, process.env.CLX_WORKER_ID); process.exit(0)",
    );

    await worker.exit;

    expect(log()).toBe("w1 w1\n");
    expect(process.env.CLX_WORKER_ID).toBeUndefined();
  });

  it("writes why it failed into its log", async () => {
    const { worker, log } = await start("throw new Error('no way')");

    expect(await worker.exit).toEqual({ kind: "exited", code: 1 });
    expect(log()).toContain("no way");
  });

  it("is ended when what it was given to end it is used, although it blocks", async () => {
    const { worker } = await start("threads.workerData.host.ender.postMessage('end'); for (;;);");

    expect(await worker.exit).toEqual({ kind: "killed", signal: "SIGKILL" });
  });

  it("ends alone when it uses up its heap, and says that it was that", async () => {
    const { worker, log } = await start(
      "const held = []; for (;;) held.push({ at: held.length });",
      { memoryLimit: 64 * 1024 ** 2 },
    );

    expect(await worker.exit).toEqual({ kind: "killed", signal: "SIGABRT" });
    expect(log()).toMatch(/heap out of memory/i);
  });

  it("is ended with its children, also when it waits for one and nothing else", async () => {
    const { worker } = await start(
      `import { spawn, spawnSync } from "node:child_process";
       spawn("sleep", ["3600"], { detached: true, stdio: "ignore" });
       console.log("starts");
       spawnSync("sleep", ["3600"]);`,
    );
    await until(async () => (await worker.executor.stats(worker.ref))?.processes === 2);

    const exit = await worker.stop({ graceMs: 0 });

    expect(exit).toEqual({ kind: "killed", signal: "SIGKILL" });
  });

  it("shows what it uses while it blocks", async () => {
    const { worker } = await start(
      "const held = Buffer.alloc(200_000_000, 1); for (;;) held[0]++;",
    );

    const usage = await until(async () => {
      const seen = await worker.executor.stats(worker.ref);
      return seen !== undefined && seen.memory > 200_000_000 ? seen : undefined;
    });

    expect(usage.memory).toBeLessThan(400_000_000);
    await worker.stop({ graceMs: 0 });
  });
});

describe("an inline executor", () => {
  it("ends the children of a worker whose process is gone", async () => {
    const { worker } = await start(
      `import { spawn } from "node:child_process";
       spawn("sleep", ["3600"], { detached: true, stdio: "ignore" }).on("spawn", () => process.exit(0));`,
    );
    await worker.exit;

    const ended = await runs("").cleanup({ workerId: "w1" });

    expect(ended).toBe(1);
  });

  it("asks its workers to leave when it is closed", async () => {
    const { worker } = await start(behaviours.leaves_when_asked);

    await worker.executor.close();

    await expect(worker.exit).resolves.toEqual({ kind: "exited", code: 0 });
  });
});

async function start(code: string, more: Partial<StartOrder> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "clx-inline-"));
  const executor = runs(code);
  const logPath = join(folder, "logs", "w1.log");
  const worker: RunningWorker = await executor.start({ ...orderFor("w1"), logPath, ...more });
  onTestFinished(async () => {
    await worker.stop({ graceMs: 0 });
    rmSync(folder, { recursive: true });
  });
  return {
    worker: Object.assign(worker, { executor }),
    log: () => readFileSync(logPath, "utf8"),
  };
}
