import type { LinkSpec } from "../domain/launch.ts";
import { heedLoss } from "./heed-loss.ts";
import { storeLink } from "./store-link.ts";
import type { WorkerLink } from "./worker-link.ts";

/** Long enough to sit out a full disk that somebody has to see and clear. */
const defaultPatienceMs = 600_000;

/** Opens the link that a launch document names; what it needs is loaded only now. */
export async function openLink(spec: LinkSpec): Promise<WorkerLink> {
  if (spec.kind === "api") {
    const { openApiLink } = await import("./api/api-link.ts");
    return openApiLink({ patienceMs: defaultPatienceMs, ...spec });
  }
  const { openSqliteStore } = await import("../store/sqlite/open-sqlite-store.ts");
  const { patienceMs = defaultPatienceMs, path, journalMode, synchronous } = spec;
  const store = await openSqliteStore({
    path,
    ...(journalMode !== undefined && { journalMode }),
    ...(synchronous !== undefined && { synchronous }),
  });
  return heedLoss(storeLink({ store, patienceMs }), path);
}
