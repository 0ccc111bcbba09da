import type { Failure, FailureKind } from "../domain/failure.ts";
import type { WorkerExit } from "../executor/executor.ts";

export interface ExitFacts {
  readonly workerId: string;
  readonly exit: WorkerExit;
  /** The end of its log. */
  readonly logTail: string;
  /** How many more the kernel has killed for want of memory since the worker started. */
  readonly oomKills: number;
  /** Highest resident memory of its tree that was seen. */
  readonly peakMemory?: number;
  readonly memoryLimit?: number;
  readonly wasReady: boolean;
}

export const logTailLength = 1_000;

/** Says why a worker that nobody asked to end has ended, with the evidence. Pure. */
export function explainExit(facts: ExitFacts): Failure {
  const kind = kindOf(facts);
  const peak =
    facts.peakMemory === undefined ? "" : `; its memory peaked at ${mib(facts.peakMemory)}`;
  const logTail = facts.logTail.slice(-logTailLength).trim();
  return {
    kind,
    message: `${facts.workerId} ${howItEnded(facts)}${peak}${adviceFor(kind, facts)}`,
    ...(facts.exit.kind === "exited" && { exitCode: codeOfHandler(facts) ?? facts.exit.code }),
    ...(facts.exit.kind === "killed" && { signal: facts.exit.signal }),
    ...(logTail !== "" && { logTail }),
    ...(facts.peakMemory !== undefined && { peakMemory: facts.peakMemory }),
  };
}

function kindOf(facts: ExitFacts): FailureKind {
  const isShort = heapIsExhausted(facts) || containerIsFull(facts) || systemRanOut(facts);
  return isShort ? "out_of_memory" : "worker_died";
}

/** V8 ends the process by abort() when its heap is at its limit. */
function heapIsExhausted({ exit, logTail }: ExitFacts): boolean {
  const aborted =
    (exit.kind === "killed" && (exit.signal === "SIGABRT" || exit.signal === "SIGTRAP")) ||
    (exit.kind === "exited" && (exit.code === 134 || exit.code === 133));
  return aborted && /heap out of memory|Reached heap limit|allocation failed/i.test(logTail);
}

function containerIsFull({ exit }: ExitFacts): boolean {
  return exit.kind !== "lost" && exit.outOfMemory === true;
}

function systemRanOut({ exit, oomKills }: ExitFacts): boolean {
  const killed =
    (exit.kind === "killed" && exit.signal === "SIGKILL") ||
    (exit.kind === "exited" && exit.code === 137);
  const wasByHand = exit.kind !== "lost" && exit.note !== undefined;
  return killed && oomKills > 0 && !wasByHand;
}

function howItEnded(facts: ExitFacts): string {
  if (heapIsExhausted(facts)) return "ran out of JavaScript heap";
  if (containerIsFull(facts))
    return "was killed for want of memory: its container was at its limit";
  if (systemRanOut(facts)) return "was killed by the system for want of memory";
  const when = facts.wasReady ? "" : " before it was ready";
  const { exit } = facts;
  switch (exit.kind) {
    case "exited": {
      const own = codeOfHandler(facts);
      if (own !== undefined) {
        return `was ended with code ${own}${when} by the code of its handler (process.exit, or nothing was left to wait for)`;
      }
      return `exited with code ${exit.code}${signalOfCode(exit.code)}${when}`;
    }
    case "killed":
      return `was ended by ${exit.signal}${when}${exit.note === undefined ? "" : ` (${exit.note})`}`;
    case "lost":
      return `is gone (${exit.reason})${when}`;
  }
}

/** What the worker's entry (`worker/main.ts`) writes when it was not itself that ended the process. */
function codeOfHandler({ exit, logTail }: ExitFacts): number | undefined {
  if (exit.kind !== "exited") return undefined;
  const told = /the process ends with code (\d+), and it was not the worker who ended it/;
  const code = told.exec(logTail)?.[1];
  return code === undefined ? undefined : Number(code);
}

function signalOfCode(code: number): string {
  return code > 128 && code < 160 ? ` (a shell's word for signal ${code - 128})` : "";
}

function adviceFor(kind: FailureKind, { memoryLimit }: ExitFacts): string {
  if (kind !== "out_of_memory") return "";
  const limit = memoryLimit === undefined ? "" : ` (its limit is ${mib(memoryLimit)})`;
  return `; give its pool more memory or its tasks less to do${limit}`;
}

function mib(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}
