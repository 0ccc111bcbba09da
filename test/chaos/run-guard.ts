import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { appendRecord, monotonicMs, type Run } from "./journal.ts";
import { isSameLive, markedProcesses, seeProcess } from "./processes.ts";

/** In the environment of whatever a run starts, so that strays of an earlier run are seen. */
export const taskMark = "CLX_CHAOS_TASK";

export interface Guard {
  readonly run: Run;
  /** Notes that the run got to its end, and lets go. */
  finish(): void;
  /** Lets go of the lock; for a run that ends before its end. */
  leave(): void;
}

/**
 * Holds a task's lock for one run of it, in the eyes of the outside checker.
 *
 * Each run makes a lock file of its own (O_EXCL, named by process) in the task's folder, and
 * then looks for others: of two runs alive at once, the later to look sees the earlier. A lock
 * whose process is gone is nobody's; one whose process lives is an overlap, and is noted. So is
 * a live process that an earlier run started.
 */
export function enterRun(folder: string, taskId: string, attempt: number): Guard {
  const nonce = randomBytes(6).toString("hex");
  const run: Run = { taskId, attempt, nonce, pid: process.pid };
  const journal = runJournal(folder);
  const locks = join(folder, "locks", taskId);
  const own = `${process.pid}.${seeProcess(process.pid)?.startTicks}.${attempt}.${nonce}`;

  mkdirSync(locks, { recursive: true });
  closeSync(openSync(join(locks, own), "wx"));
  for (const other of liveOthers(locks, own, taskId)) {
    appendRecord(journal, { kind: "overlap", run, at: monotonicMs(), other });
  }
  appendRecord(journal, { kind: "start", run, at: monotonicMs() });

  const leave = () => rmSync(join(locks, own), { force: true });
  return {
    run,
    leave,
    finish() {
      appendRecord(journal, { kind: "end", run, at: monotonicMs() });
      leave();
    },
  };
}

export function runJournal(folder: string): string {
  return join(folder, "runs.jsonl");
}

function liveOthers(locks: string, own: string, taskId: string): string[] {
  const holders = readdirSync(locks).filter((name) => {
    const [pid, startTicks] = name.split(".");
    return name !== own && isSameLive(Number(pid), startTicks ?? "");
  });
  const strays = markedProcesses(taskMark, taskId);
  return [...holders, ...strays.map(({ pid, command }) => `child ${pid} (${command})`)];
}
