import { parseArgs } from "node:util";
import { chosenSeed } from "./random.ts";
import { randomFaults } from "./random-faults.ts";
import { playScenario } from "./scenario.ts";

/** The long form: the random faults with many seeds, one after the other. */
const { values } = parseArgs({ options: { seeds: { type: "string", default: "20" } } });
const first = chosenSeed();
const count = Number(values.seeds);
let failed = 0;
for (let seed = first; seed < first + count; seed++) {
  const start = performance.now();
  try {
    await playScenario(randomFaults, seed);
    console.log(`seed ${seed}: ok (${((performance.now() - start) / 1_000).toFixed(1)} s)`);
  } catch (error) {
    failed++;
    console.log(`seed ${seed}: FAILED\n${error instanceof Error ? error.message : String(error)}`);
  }
}
console.log(`chaos: ${count - failed} seeds passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
