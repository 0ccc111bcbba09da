import type { JsonValue } from "../../domain/json.ts";
import { TaskError, type TaskErrorFacts } from "../../worker/handler.ts";

/** How a program ended that we did not stop. The worker adds the end of the log. */
export interface ProgramEnding {
  readonly program: string;
  readonly code: number | null;
  readonly signal: string | null;
  readonly result?: { readonly value: JsonValue };
  /** Its result was too large to be kept. */
  readonly lostResult: boolean;
  /** It wrote what runtimes write when they give up for want of memory. */
  readonly saidOutOfMemory: boolean;
  /** The kernel has killed for want of memory while it ran. */
  readonly kernelKilled: boolean;
  /** Bytes, of the whole tree. */
  readonly peakMemory: number;
}

/** Judges the ending. Pure: returns the task's result, or throws its failure as {@link TaskError}. */
export function judgeEnding(ending: ProgramEnding): JsonValue {
  const { code, result } = ending;
  if (code !== 0) throw failureOf(ending);
  if (ending.lostResult) {
    throw new TaskError(
      "user_error",
      `${quoted(ending)} gave a result larger than 1 MiB; write it to a file and give its path as the result`,
      evidenceOf(ending),
    );
  }
  return result === undefined ? { exitCode: 0 } : result.value;
}

function failureOf(ending: ProgramEnding): TaskError {
  const { code, signal } = ending;
  const facts = evidenceOf(ending);
  if (wasKilledForMemory(ending)) {
    const peak = Math.round(ending.peakMemory / 2 ** 20);
    return new TaskError(
      "out_of_memory",
      `${quoted(ending)} ran out of memory (its processes were seen with ${peak} MiB); let it use less, or raise the limit and the task's expected memory`,
      { ...facts, peakMemory: ending.peakMemory },
    );
  }
  if (signal !== null) {
    return new TaskError(
      "signal",
      `${quoted(ending)} was ended by ${signal}, which we did not send; see the end of its log`,
      facts,
    );
  }
  return new TaskError(
    "exit_code",
    `${quoted(ending)} ended with exit code ${code}; see the end of its log`,
    facts,
  );
}

/** A shell reports the signal N of its child as the exit code 128 + N. */
function wasKilledForMemory({ code, signal, ...seen }: ProgramEnding): boolean {
  const killed = signal === "SIGKILL" || code === 137;
  const aborted = signal === "SIGABRT" || signal === "SIGTRAP" || code === 134 || code === 133;
  return (killed && seen.kernelKilled) || (aborted && seen.saidOutOfMemory);
}

function evidenceOf({ code, signal }: ProgramEnding): TaskErrorFacts {
  return {
    ...(code === null ? {} : { exitCode: code }),
    ...(signal === null ? {} : { signal }),
  };
}

function quoted({ program }: ProgramEnding): string {
  return JSON.stringify(program);
}
