import type { Worker } from "../../domain/worker.ts";
import { defaultRestart, type PoolSpec } from "../../supervisor/pool.ts";

/** In the row of a worker that somebody added while its server ran. */
export const addedByHand = "added by hand";
/** Past the limits of admission, and so those that replace it, at the next server too. */
export const forcedByHand = "added by hand, forced";

/**
 * The places of a server at its start, each a pool of one worker, named as it is served. Pure.
 *
 * Workers that a server which is gone has left running keep their places. Of a type there are
 * then as many as configured, and those that were added by hand; a place that nobody wants any
 * more is kept with nobody in it, so that its worker is taken over, drained and let go.
 *
 * @param templates a pool for each type, with the configured count
 * @param found workers that a server has left, see {@link isLeftByServer}
 */
export function planPlaces(
  templates: readonly PoolSpec[],
  found: readonly Worker[],
): readonly PoolSpec[] {
  const places = new Map<string, PoolSpec>();
  const missing = new Map(templates.map(({ type, count }) => [type, count]));
  for (const worker of found) {
    const { pool: name = worker.id, type, configSource } = worker;
    if (places.has(name)) continue;
    const template = templates.find((one) => one.type === type && isAlike(one, worker));
    const isForced = configSource === forcedByHand;
    const isByHand = isForced || configSource === addedByHand;
    const left = missing.get(type) ?? 0;
    if (template === undefined) places.set(name, unwantedPlace(worker, name));
    else if (isByHand)
      places.set(name, {
        ...{ ...template, name, count: 1, configSource },
        ...(isForced && { isForced }),
      });
    else {
      places.set(name, { ...template, name, count: left > 0 ? 1 : 0 });
      missing.set(type, Math.max(0, left - 1));
    }
  }
  for (const template of templates) {
    for (let left = missing.get(template.type) ?? 0; left > 0; left--) {
      const name = freeName((one) => places.has(one));
      places.set(name, { ...template, name, count: 1 });
    }
  }
  return [...places.values()];
}

/** A worker in a container is never taken over as one that is none. */
function isAlike(template: PoolSpec, { queue, mode }: Worker): boolean {
  return template.queue === queue && (template.mode === "docker") === (mode === "docker");
}

/** `worker-0`, or the first after it that is not taken. */
export function freeName(isTaken: (name: string) => boolean): string {
  for (let number = 0; ; number++) {
    const name = `worker-${number}`;
    if (!isTaken(name)) return name;
  }
}

/** Pools of other supervisors have the name of their type; places never do. */
export function isLeftByServer({ persistent, mode, pool, type }: Worker): boolean {
  return persistent && mode !== "inline" && pool !== undefined && pool !== type;
}

function unwantedPlace(worker: Worker, name: string): PoolSpec {
  const { type, queue, mode, concurrency, expectedMemory } = worker;
  return {
    ...{ name, type, queue, mode, concurrency, expectedMemory },
    count: 0,
    handler: "data:,",
    persistent: true,
    restart: defaultRestart,
    startupTimeoutMs: 30_000,
    configSource: "no longer configured",
  };
}
