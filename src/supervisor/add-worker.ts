import { AdmissionRefusedError } from "./admission.ts";
import type { Care } from "./care.ts";
import type { Charge } from "./charge.ts";
import { freePlace } from "./free-place.ts";
import type { PoolState } from "./pool-state.ts";
import type { Reconciler } from "./reconcile.ts";

/** Starts one worker more than the pool wanted so far, if the machine can take it. */
export async function addWorker(params: {
  readonly reconciler: Reconciler;
  readonly care: Care;
  readonly pool: PoolState;
  readonly force: boolean;
}): Promise<Charge> {
  const { reconciler, care, pool, force } = params;
  const live = await reconciler.listLive();
  const verdict = reconciler.judge({ pool, live, byHand: true, force });
  if (verdict.kind === "refused") {
    await reconciler.noteRefusal(pool, verdict);
    throw new AdmissionRefusedError(verdict);
  }
  pool.want(pool.wanted + 1);
  const place = freePlace(care, pool);
  if (force) pool.force(place);
  return care.start(pool, place, force ? "added by hand, forced" : "added by hand");
}
