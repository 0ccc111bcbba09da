import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Delivery } from "../programs/counting-worker.ts";

export interface Delivered {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly duplicates: number;
}

/** Each task in the set must have run; a missing one voids the run, a repeated one is counted. */
export function checkDelivery(folder: string, ids: ReadonlySet<string>): Delivered {
  const deliveries = readDeliveries(folder);
  const counts = new Map<string, number>();
  for (const delivery of deliveries) {
    for (const [id, count] of Object.entries(delivery.counts)) {
      counts.set(id, (counts.get(id) ?? 0) + count);
    }
  }
  const missing = [...ids].filter((id) => !counts.has(id));
  if (missing.length > 0) throw new Error(`${missing.length} tasks never ran, ${missing[0]} first`);

  const working = deliveries.filter(({ firstAt }) => firstAt > 0);
  const first = Math.min(...working.map(({ firstAt }) => firstAt));
  const last = Math.max(...working.map(({ lastAt }) => lastAt));
  return {
    seconds: (last - first) / 1_000,
    cpuSeconds: working.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    duplicates: [...counts.values()].reduce((sum, count) => sum + count - 1, 0),
  };
}

function readDeliveries(folder: string): Delivery[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith("delivery-"))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Delivery);
}
