import { constants } from "node:os";
import type { WorkerExit } from "../executor.ts";

export interface ContainerEnd {
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** Somebody else than us had the engine end it. */
  readonly fromOutside: boolean;
}

/** How a container's worker ended, from what the engine says of its container. Pure. */
export function exitOf({ exitCode, outOfMemory, fromOutside }: ContainerEnd): WorkerExit {
  const signal = signalOf(exitCode);
  if (signal === undefined) return { kind: "exited", code: exitCode };
  if (outOfMemory) return { kind: "killed", signal, outOfMemory };
  if (!fromOutside) return { kind: "killed", signal };
  const note = "its container was ended from outside: docker kill, docker stop or docker rm";
  return { kind: "killed", signal, note };
}

/** The init of a container exits with 128 and the number of the signal that ended its program. */
function signalOf(exitCode: number): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
}
