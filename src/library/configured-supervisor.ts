import { workFolders } from "../config/work-folders.ts";
import type { WorkerPolicy } from "../config/worker-policy.ts";

/** What the configuration says to a supervisor, whatever its pools are. */
export function configuredSupervisor(policy: WorkerPolicy, databasePath: string) {
  const { timing, startupParallel, startupTimeoutMs, maxWorkers, cleanupAgeMs } = policy;
  return {
    link: { kind: "store", path: databasePath },
    ...workFolders(databasePath, policy.logFolder),
    timing,
    startupParallel,
    silence: { startupTimeoutMs },
    admission: { hardCap: maxWorkers },
    cleanupAgeMs,
  } as const;
}
