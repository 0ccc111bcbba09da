import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { NewTask } from "../../src/domain/task.ts";
import { identify, ownIdentity } from "../../src/machine/process-identity.ts";
import { followTree } from "../../src/machine/process-tree.ts";
import type { CommandPayload } from "../../src/workers/command/command-payload.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { until } from "../support/until.ts";
import { type StartedWorker, WorkerStage } from "../support/worker-stage.ts";

forbidProcessLeaks();

const handler = new URL("../../src/workers/command/command-worker.ts", import.meta.url).href;
const simulation = fileURLToPath(new URL("../../examples/simulation/simulate.js", import.meta.url));
const family = fileURLToPath(
  new URL("../programs/commands/ignore-sigterm-with-family.js", import.meta.url),
);

describe("a worker of the type command", () => {
  it("runs a program, and keeps its lines, its progress and its result", async () => {
    const { stage } = await openStage();

    const id = await submit(stage, {
      argv: [
        "sh",
        "-c",
        `echo working; echo '{"progress":0.5,"message":"half"}' >&3; echo '{"result":[1,2]}' >&3`,
      ],
    });
    const task = await stage.untilEnded(id);

    expect(task).toMatchObject({ state: "completed", result: [1, 2], attempt: 1 });
    expect(task.progress).toMatchObject({ fraction: 0.5, message: "half" });
    expect(await linesOf(stage, id)).toEqual(["working"]);
  });

  it("fails a task for good by an exit code, and keeps the end of the log", async () => {
    const { stage } = await openStage();

    const id = await submit(stage, { argv: ["sh", "-c", "echo no such grid >&2; exit 3"] });
    const task = await stage.untilEnded(id);

    expect(task).toMatchObject({ state: "failed", attempt: 1 });
    expect(task.failure).toMatchObject({
      kind: "exit_code",
      exitCode: 3,
      logTail: "no such grid",
    });
  });

  it("has its log kept whole, however fast it writes", async () => {
    const { stage } = await openStage();

    const id = await submit(stage, { argv: ["seq", "1", "100000"] });
    await stage.untilEnded(id);

    const lines = await linesOf(stage, id);
    expect(lines).toEqual(Array.from({ length: 100_000 }, (_, index) => String(index + 1)));
  });

  it("refuses a payload that is none, and says what to do", async () => {
    const { stage } = await openStage();

    const id = await submit(stage, { argv: [] as unknown as CommandPayload["argv"] });
    const task = await stage.untilEnded(id);

    expect(task.failure).toMatchObject({
      kind: "invalid_payload",
      message: expect.stringContaining("argv must be a list of at least the program's name"),
    });
  });

  it("goes on after a cancellation that its program ignored with its whole family", async () => {
    const { stage, worker } = await openStage({ abortGraceMs: 1_500 });
    const id = await submit(stage, { argv: [process.execPath, family] });
    const pids = await until(async () => {
      const [line] = await linesOf(stage, id);
      return line?.split(" ").slice(1).map(Number);
    });

    await stage.store.cancel({ taskId: id, reason: "not wanted", now: Date.now() });
    const task = await stage.untilEnded(id);

    expect(task.state).toBe("cancelled");
    expect(pids).toHaveLength(4);
    expect(pids.filter((pid) => identify(pid) !== undefined)).toEqual([]);
    expect(worker.child.exitCode).toBeNull();
    expect(worker.child.signalCode).toBeNull();
  });

  it("ends a program at its deadline", async () => {
    const { stage } = await openStage();

    const id = await submit(stage, { argv: ["sleep", "600"] }, { timeoutMs: 300 });
    const task = await stage.untilEnded(id);

    expect(task.failure?.kind).toBe("timed_out");
  });

  it("lets a simulation go on from its checkpoint after its worker was killed", async () => {
    const { stage, worker } = await openStage();
    const size = ["--size", "96", "--steps", "4000", "--checkpoint-every", "100"];
    const id = await submit(stage, { argv: [process.execPath, simulation, ...size] });
    const checkpoint = join(stage.folder, "checkpoints", id, "fields");
    await until(() => stepOf(checkpoint) > 0);

    worker.child.kill("SIGKILL");
    await worker.ended;
    await bury(stage, worker);
    await start(stage);
    const task = await stage.untilEnded(id);

    expect(task).toMatchObject({ state: "completed", attempt: 2 });
    expect(task.result).toMatchObject({ steps: 4_000, checksum: await undisturbed(stage, size) });
    expect(task.result).not.toMatchObject({ resumedFrom: 0 });
  });
});

async function openStage(timing = {}) {
  const stage = await WorkerStage.open();
  return { stage, worker: await start(stage, timing) };
}

function start(stage: WorkerStage, timing = {}): Promise<StartedWorker> {
  return stage.startReady({ type: "command", handler, timing });
}

function submit(stage: WorkerStage, payload: CommandPayload, more: Partial<NewTask> = {}) {
  return stage.submit({ act: "answer" }, { type: "command", payload: { ...payload }, ...more });
}

async function linesOf(stage: WorkerStage, taskId: string): Promise<string[]> {
  const { lines } = await stage.store.logsOf({ taskId, after: 0, limit: 200_000 });
  return lines.map(({ line }) => line);
}

function stepOf(checkpoint: string): number {
  try {
    return JSON.parse(readFileSync(checkpoint, "utf8").split("\n", 1)[0] ?? "").step;
  } catch {
    return 0;
  }
}

/** What a supervisor does when it hears of a worker's death. */
async function bury(stage: WorkerStage, { id }: StartedWorker): Promise<void> {
  const gone = { ...ownIdentity(), pid: 2 ** 22, startedAt: "gone" };
  await followTree({ root: gone, mark: `CLX_WORKER_ID=${id}` }).end({ graceMs: 0 });
  await stage.store.endWorker({
    workerId: id,
    event: "fail",
    ending: { reason: "killed", signal: "SIGKILL" },
    tasks: { kind: "failed", failure: { kind: "worker_died", message: "its worker was killed" } },
    now: Date.now(),
    jitter: 0,
  });
}

async function undisturbed(stage: WorkerStage, size: readonly string[]): Promise<unknown> {
  const again = await submit(stage, { argv: [process.execPath, simulation, ...size] });
  const { result } = await stage.untilEnded(again);
  return (result as { checksum: string }).checksum;
}
