import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";

/**
 * What the outside checker believes: files that the tasks themselves and the submitter write.
 *
 * A record is one line written by one `write` on a descriptor opened with O_APPEND, so lines of
 * many processes never mix, and a killed process leaves whole lines only. Times are those of
 * CLOCK_MONOTONIC, which all processes of the machine share and nobody can set.
 */
export type RunRecord =
  | { readonly kind: "start"; readonly run: Run; readonly at: number }
  /** The run got to its end; what it returned carries its nonce. */
  | { readonly kind: "end"; readonly run: Run; readonly at: number }
  /** At its start another run of the same task was alive. */
  | {
      readonly kind: "overlap";
      readonly run: Run;
      readonly at: number;
      readonly other: string;
    }
  /** Somebody was killed, stopped, continued or restarted; for the reader of a failure. */
  | { readonly kind: "nemesis"; readonly at: number; readonly what: string };

export interface Run {
  readonly taskId: string;
  readonly attempt: number;
  readonly nonce: string;
  readonly pid: number;
}

export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

export function appendRecord(path: string, record: RunRecord): void {
  const file = openSync(path, "a");
  try {
    writeSync(file, `${JSON.stringify(record)}\n`);
  } finally {
    closeSync(file);
  }
}

/** Notes ids as acknowledged; they are on disk when this returns. */
export function appendAcknowledged(path: string, ids: readonly string[]): void {
  const file = openSync(path, "a");
  try {
    writeSync(file, ids.map((id) => `${id}\n`).join(""));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

export function readRecords(path: string): RunRecord[] {
  return readLines(path).map((line) => JSON.parse(line) as RunRecord);
}

export function readAcknowledged(path: string): string[] {
  return readLines(path);
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n").filter(Boolean);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
