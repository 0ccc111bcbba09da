import type { ProcessIdentity } from "../domain/worker.ts";

/** Who this process is. */
export function ownIdentity(): ProcessIdentity {
  throw new Error("to be written");
}

/** Who has this pid now; `undefined` when nobody has, or a zombie. */
export function identify(_pid: number): ProcessIdentity | undefined {
  throw new Error("to be written");
}

/** Whether that very process runs. A process of another host counts as unknown. */
export function isAlive(_process: ProcessIdentity): boolean | "unknown" {
  throw new Error("to be written");
}
