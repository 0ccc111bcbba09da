import { ClxError } from "../domain/errors.ts";
import type { ProcessIdentity } from "../domain/worker.ts";
import { isAlive } from "./process-identity.ts";

/**
 * Sends a signal to that very process; who has gone meanwhile need not be told.
 *
 * @throws ClxError `process_not_stopped` when it is another user's
 */
export function tellProcess(one: ProcessIdentity, signal: NodeJS.Signals): void {
  try {
    if (isAlive(one) === true) process.kill(one.pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EPERM") throw notOurs(one);
    if (code !== "ESRCH") throw error;
  }
}

function notOurs({ pid }: ProcessIdentity): ClxError {
  return new ClxError(
    "process_not_stopped",
    `process ${pid} belongs to another user, and may not be told anything; ask that user, or use the rights of root`,
  );
}
