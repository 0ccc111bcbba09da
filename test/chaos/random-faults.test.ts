import { describe, it } from "vitest";
import { chosenSeed } from "./random.ts";
import { randomFaults } from "./random-faults.ts";
import { playScenario } from "./scenario.ts";

/** The short form; `npm run chaos -- --seeds 100` plays it with as many seeds as you like. */
const first = chosenSeed();
const seeds = [first, first + 1, first + 2];

describe("random kills and stops of all that takes part", () => {
  it.each(seeds)("loses, doubles and leaves nothing (seed %i)", async (seed) => {
    console.log(`CLX_CHAOS_SEED=${seed}`);
    await playScenario(randomFaults, seed);
  });
});
