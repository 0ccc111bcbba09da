import { identifyDatabase, isThere } from "../machine/database-identity.ts";
import type { WorkerLink } from "./worker-link.ts";

/**
 * Has a worker leave when the database has not been in its place for longer than a lease.
 *
 * Nobody can reach it there any more, and so nobody could end the worker: its supervisor does
 * that, unless it was killed. What the worker has begun it may finish, as when it is drained.
 */
export function heedLoss(link: WorkerLink, path: string): WorkerLink {
  const database = identifyDatabase(path);
  if (database === undefined) return link;
  let missedSince: number | undefined;
  return {
    ...link,
    async renew(params) {
      const renewal = await link.renew(params);
      if (isThere(database)) {
        missedSince = undefined;
        return renewal;
      }
      missedSince ??= params.now;
      const isLost = params.now - missedSince > params.leaseMs;
      return isLost && renewal.standing !== "gone" ? { ...renewal, standing: "draining" } : renewal;
    },
  };
}
