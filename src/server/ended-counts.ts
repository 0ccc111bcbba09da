import type { FinalTaskState } from "../domain/task-state.ts";
import { perServer } from "./per-server.ts";
import { KeptFresh } from "./stream/kept-fresh.ts";

export type EndedCounts = Readonly<Record<FinalTaskState, number>>;

/**
 * How many tasks of the store have ended, and how. All of them are counted, in an index: 50 ms for
 * a million. So it rests two hundred times as long as that took, and a second at least.
 */
export const endedCountsOf = perServer(
  ({ store, clock }) =>
    new KeptFresh<EndedCounts>({
      clock,
      restMs: 1_000,
      restFactor: 200,
      async make() {
        const until = clock.now() + 1;
        const { slices } = await store.throughput({ since: 0, until, sliceMs: until });
        const { completed = 0, failed = 0, cancelled = 0 } = slices[0] ?? {};
        return { completed, failed, cancelled };
      },
    }),
);
