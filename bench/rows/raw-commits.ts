import { join } from "node:path";
import { ownCpuSeconds } from "../measure/process-usage.ts";
import { RawQueue } from "../measure/raw-queue.ts";
import { synchronousOf } from "../options.ts";
import type { Row } from "../row.ts";

/**
 * The yardstick: what the disk and SQLite alone can do in the same run. `commits/s`: one row
 * changed in each. `settle + claim/s`: the end of one task and the claim of the next in one commit.
 */
export const rawCommits: Row = {
  id: "RAW",
  what: "SQLite alone, no queue around it",
  async measure({ folder, options, size }) {
    const queue = new RawQueue(join(folder, "raw.db"), synchronousOf[options.class]);
    const count = size(5_000, 1_000);
    queue.submit(count);

    const cpu = ownCpuSeconds();
    const commits = perSecond(count, () => queue.change(count));
    const cpuSecondsPer1000 = ((ownCpuSeconds() - cpu) / count) * 1_000;
    queue.settleAndClaim(1);
    const claims = perSecond(count - 1, () => {
      for (let n = 1; n < count; n++) queue.settleAndClaim(1);
    });
    queue.close();
    return { values: { "commits/s": commits, "settle + claim/s": claims }, cpuSecondsPer1000 };
  },
};

function perSecond(count: number, work: () => void): number {
  const start = performance.now();
  work();
  return count / ((performance.now() - start) / 1_000);
}
