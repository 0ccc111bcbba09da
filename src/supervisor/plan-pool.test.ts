import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PlacedWorker, type PoolFacts, planPool } from "./plan-pool.ts";

function worker(place: number, phase: PlacedWorker["phase"] = "idle"): PlacedWorker {
  return { id: `w${place}`, place, phase };
}

function facts(over: Partial<PoolFacts>): PoolFacts {
  return { wanted: 0, workers: [], waiting: [], gaveUp: false, ...over };
}

const nothing = { start: [], drain: [], forget: [] };

describe("planPool", () => {
  it.each<[string, Partial<PoolFacts>, object]>([
    ["leaves a pool alone that has what it wants", { wanted: 1, workers: [worker(0)] }, nothing],
    ["fills an empty pool", { wanted: 3 }, { ...nothing, start: [0, 1, 2] }],
    [
      "fills the gaps first",
      { wanted: 3, workers: [worker(0), worker(2)] },
      { ...nothing, start: [1] },
    ],
    [
      "counts a place that waits out its back-off",
      { wanted: 2, workers: [worker(0)], waiting: [1] },
      nothing,
    ],
    [
      "replaces a worker that leaves, at another place",
      { wanted: 1, workers: [worker(0, "leaving")] },
      { ...nothing, start: [1] },
    ],
    ["starts nothing once it gave up", { wanted: 2, gaveUp: true }, nothing],
    [
      "still shrinks once it gave up",
      { wanted: 0, workers: [worker(0)], gaveUp: true },
      { ...nothing, drain: ["w0"] },
    ],
    [
      "gives up what waits before what lives",
      { wanted: 1, workers: [worker(0)], waiting: [1, 2] },
      { ...nothing, forget: [2, 1] },
    ],
    [
      "lets starting ones go before idle ones before busy ones",
      { wanted: 1, workers: [worker(0), worker(1, "busy"), worker(2, "starting")] },
      { ...nothing, drain: ["w2", "w0"] },
    ],
    ["does not drain what leaves already", { wanted: 0, workers: [worker(0, "leaving")] }, nothing],
  ])("%s", (_, over, plan) => {
    expect(planPool(facts(over))).toEqual(plan);
  });

  it("always ends with what is wanted, on places of their own", () => {
    const phases = fc.constantFrom<PlacedWorker["phase"]>("starting", "idle", "busy", "leaving");
    fc.assert(
      fc.property(
        fc.nat(8),
        fc.uniqueArray(fc.nat(10)),
        fc.array(phases, { maxLength: 10 }),
        (wanted, places, given) => {
          const workers = places
            .slice(0, given.length)
            .map((at, i) => worker(at, given[i] ?? "idle"));
          const waiting = places.slice(given.length);

          const plan = planPool(facts({ wanted, workers, waiting }));

          const staying = workers.filter(({ phase }) => phase !== "leaving").length;
          const after =
            staying - plan.drain.length + waiting.length - plan.forget.length + plan.start.length;
          expect(after).toBe(wanted);
          const all = [...workers.map(({ place }) => place), ...waiting, ...plan.start];
          expect(new Set(all).size).toBe(all.length);
        },
      ),
    );
  });
});
