import { finalTaskStates } from "../domain/task-state.ts";
import { perServer } from "./per-server.ts";
import { KeptFresh } from "./stream/kept-fresh.ts";

/**
 * How many tasks of the store have ended, by type and queue. All of them are counted, so it rests
 * a hundred times as long as that took: a second beside thousands, half a minute beside millions.
 */
export const endedCountsOf = perServer(
  ({ store, clock }) =>
    new KeptFresh({
      clock,
      restMs: 1_000,
      restFactor: 100,
      make: () => store.countTasks({ states: finalTaskStates }),
    }),
);
