import type { Worker } from "../domain/worker.ts";
import { abortedForGood } from "./abort-worker.ts";
import type { Charge } from "./charge.ts";
import type { SupervisorContext } from "./context.ts";

/**
 * Somebody, here or in another process, drained the worker or aborted it for good: it is not
 * replaced, and its pool wants one worker fewer from now on.
 */
export async function heedOthers(
  context: SupervisorContext,
  charge: Charge,
  row: Worker | undefined,
): Promise<void> {
  if (charge.leaving !== undefined || row === undefined) return;
  const isAborted = row.state === "failed" && row.ending?.reason === abortedForGood;
  if (!isAborted && !(await wasDrained(context, row))) return;
  charge.leaving = isAborted
    ? { kind: "ended", why: abortedForGood, replace: false }
    : { kind: "drained", why: "drained by hand", replace: false };
  charge.pool.wanted = Math.max(0, charge.pool.wanted - 1);
}

/** A worker that left in peace no longer shows that it had been drained; the log does. */
async function wasDrained({ store }: SupervisorContext, { id, state }: Worker): Promise<boolean> {
  if (state !== "dead") return state === "draining";
  const types = ["worker_draining"] as const;
  const events = await store.listEvents({ after: 0, limit: 1, types, workerId: id });
  return events.length > 0;
}
