import type { ProcessIdentity } from "../domain/worker.ts";
import { isAlive } from "./process-identity.ts";

/** Sends a signal to that very process; who has gone meanwhile need not be told. */
export function tellProcess(one: ProcessIdentity, signal: NodeJS.Signals): void {
  try {
    if (isAlive(one) === true) process.kill(one.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
