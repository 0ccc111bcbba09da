import { type ChildProcess, spawn } from "node:child_process";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import type { JsonValue } from "../../../src/domain/json.ts";
import { defineWorker, type TaskContext, type TaskInHand } from "../../../src/worker/handler.ts";
import { enterRun, taskMark } from "../run-guard.ts";

export interface ChaosPayload {
  readonly folder: string;
  readonly ms: number;
  readonly behave: "wait" | "block" | "swallow" | "crash";
  /** Its first run freezes the worker while it holds the lock of the store at this path. */
  readonly freezeWithLockOf?: string;
  /** Also starts a child that left its group and ignores SIGTERM. */
  readonly child?: boolean;
  /** Makes the payload long. */
  readonly ballast?: string;
}

/** A worker type whose every run is seen by the outside checker. */
export default defineWorker<ChaosPayload>({ type: "chaos", handle });

async function handle(
  task: TaskInHand<ChaosPayload>,
  ctx: TaskContext,
): Promise<JsonValue | undefined> {
  const { folder, behave, ms, child, freezeWithLockOf } = task.payload;
  const guard = enterRun(folder, task.id, task.attempt);
  if (freezeWithLockOf !== undefined && task.attempt === 1) freezeWithLock(freezeWithLockOf);
  const stubborn = child ? startStubbornChild(task.id) : undefined;
  try {
    await behaviours[behave](ms, ctx.signal);
  } catch (error) {
    await endChild(stubborn);
    guard.leave();
    throw error;
  }
  await endChild(stubborn);
  guard.finish();
  return { ...guard.run };
}

type Behaviour = (ms: number, signal: AbortSignal) => Promise<void>;

const behaviours: Record<ChaosPayload["behave"], Behaviour> = {
  async wait(ms, signal) {
    await pause(ms, undefined, { signal });
  },
  async block(ms) {
    const end = performance.now() + ms;
    while (performance.now() < end);
  },
  async swallow(ms) {
    await pause(ms);
  },
  async crash(ms) {
    await pause(ms);
    process.kill(process.pid, "SIGSEGV");
    await pause(60_000);
  },
};

/** As if it had been stopped in the middle of a commit. */
function freezeWithLock(path: string): void {
  const db = new DatabaseSync(path, { timeout: 5_000 });
  db.exec("begin immediate");
  process.kill(process.pid, "SIGSTOP");
}

function startStubbornChild(taskId: string): ChildProcess {
  return spawn("sh", ["-c", 'trap "" TERM; sleep 300'], {
    detached: true,
    stdio: "ignore",
    env: { ...process.env, [taskMark]: taskId },
  });
}

async function endChild(child: ChildProcess | undefined): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-child.pid, "SIGKILL");
  await gone;
}
