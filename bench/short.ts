import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judge, limits } from "./short/limits.ts";
import { measureRatios } from "./short/ratios.ts";

/**
 * A short form for CI: has the engine fallen back?
 *
 * Never an absolute time, always a ratio to what SQLite alone takes in the same round, and
 * processor time instead of waiting: neither a slow machine nor a busy one makes it fail. The limits
 * are about twice what was measured; and only what is beyond its limit in three tries of three fails.
 */
const tries = 3;
const folder = mkdtempSync(join(tmpdir(), "clx-bench-short-"));
try {
  let beyond: readonly string[] = [];
  for (let attempt = 1; attempt <= tries; attempt++) {
    const ratios = await measureRatios(folder);
    beyond = judge(ratios);
    for (const { name, most } of limits) {
      console.log(`${name}: ${ratios[name].toFixed(2)} (at most ${most})`);
    }
    if (beyond.length === 0) break;
    console.log(`beyond its limit in try ${attempt} of ${tries}: ${beyond.join("; ")}`);
  }
  process.exitCode = beyond.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
