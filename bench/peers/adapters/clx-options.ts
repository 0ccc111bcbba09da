import type { WorkerTiming } from "../../../src/domain/launch.ts";
import type { BenchOptions } from "../../options.ts";
import type { PlaceSetting } from "../peer.ts";

export function optionsFor({ durability }: PlaceSetting): BenchOptions {
  return { quick: false, only: [], class: durability, runs: 1, idleSeconds: 0 };
}

export function timingFor({ kind, setting }: PlaceSetting): Partial<WorkerTiming> {
  return kind === "recovery" && setting === "tuned" ? { leaseMs: 1_000, heartbeatMs: 250 } : {};
}
