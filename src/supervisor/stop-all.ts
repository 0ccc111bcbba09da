import { ClxError } from "../domain/errors.ts";
import type { Care } from "./care.ts";
import type { Charge, Leaving } from "./charge.ts";
import type { SupervisorContext } from "./context.ts";
import type { Patience } from "./patience.ts";
import type { PoolState } from "./pool-state.ts";
import { poolEvent } from "./reconcile.ts";

/**
 * Ends the workers of this supervisor, all at once: asks, waits, kills, and looks.
 *
 * @throws ClxError `process_not_stopped` that names what is left
 */
export async function stopAll(params: {
  readonly context: SupervisorContext;
  readonly care: Care;
  readonly pools: readonly PoolState[];
  readonly graceMs: number;
  /** Persistent workers go on without a supervisor, until another adopts them. */
  readonly leavePersistent: boolean;
}): Promise<void> {
  const { context, care, graceMs, leavePersistent } = params;
  const pools = params.pools.filter(({ spec }) => !(leavePersistent && spec.persistent));
  for (const pool of pools) notePool("pool_stopping", params, pool);
  for (const charge of care.all) {
    if (leavePersistent && charge.pool.spec.persistent) care.release(charge);
  }
  const charges = care.all;
  const endings = charges.map((charge) => care.end(charge, stoppedUnlessWorse(charge), graceMs));
  const results = await Promise.allSettled(endings);
  await care.idle();
  const left = await whoIsLeft(context, charges, results);
  for (const pool of pools) notePool("pool_stopped", params, pool);
  if (left.length === 0) return;
  throw new ClxError("process_not_stopped", `not all workers could be ended: ${left.join("; ")}`);
}

/**
 * The workers have ended, but the store could not be told.
 *
 * @throws ClxError with the code of the store's trouble
 */
export function refuseUnrecorded({ lost }: Patience, care: Care): void {
  if (lost === undefined) return;
  const ids = care.all.filter(({ unburied }) => unburied !== undefined).map(({ id }) => id);
  const what = ids.length === 0 ? "its last events" : `the end of ${ids.join(", ")}`;
  throw new ClxError(
    lost.code,
    `the workers have ended, but ${what} could not be recorded; the next supervisor or "clx workers cleanup" puts that right: ${lost.message}`,
    { cause: lost },
  );
}

/** A worker that is being killed or aborted keeps its reason. */
function stoppedUnlessWorse({ leaving }: Charge): Leaving {
  if (leaving?.kind === "killed" || leaving?.kind === "aborted") return leaving;
  return { kind: "stopped", why: "its supervisor stops", replace: false };
}

async function whoIsLeft(
  { executors }: SupervisorContext,
  charges: readonly Charge[],
  results: readonly PromiseSettledResult<void>[],
): Promise<string[]> {
  const left: string[] = [];
  for (const [index, charge] of charges.entries()) {
    const { running, pool, id } = charge;
    const result = results[index];
    const executor = executors.get(pool.spec.mode);
    const runs = running !== undefined && (await executor?.isRunning(running.ref)) === true;
    if (result?.status === "rejected") left.push(`${id}: ${messageOf(result.reason)}`);
    else if (runs) left.push(`${id}: process ${running.ref.process?.pid ?? "unknown"} still runs`);
  }
  return left;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function notePool(
  type: "pool_stopping" | "pool_stopped",
  { context, care }: { readonly context: SupervisorContext; readonly care: Care },
  pool: PoolState,
): void {
  void context.journal.note(poolEvent(type, pool, care.of(pool).length));
}
