import type { Settings } from "../config/settings.ts";
import { defaultTiming, type WorkerTiming } from "../domain/launch.ts";

const beatsPerLease = 3;

/** The default, with the heartbeat that is configured and a lease that fits it. */
export function timingOf({ heartbeatMs }: Pick<Settings, "heartbeatMs">): WorkerTiming {
  if (heartbeatMs === undefined) return defaultTiming;
  return { ...defaultTiming, heartbeatMs, leaseMs: heartbeatMs * beatsPerLease };
}
