import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach } from "vitest";
import { ownIdentity } from "../../src/machine/process-identity.ts";
import { processTable } from "../../src/machine/process-table/open.ts";
import type { SeenProcess } from "../../src/machine/process-table.ts";
import { Family } from "../../src/machine/process-tree/family.ts";

/** For processes that were told to end and have not yet vanished, on a machine that is busy. */
const vanishMs = 20_000;

/**
 * Fails each test of the file that leaves a process behind, and ends what it left. Call once,
 * before anything is started. Every process that this file starts inherits a mark, so
 * it is found wherever it went.
 */
export function forbidProcessLeaks(): void {
  const mark = `CLX_TEST_RUN=${randomUUID()}`;
  process.env.CLX_TEST_RUN = mark.slice(mark.indexOf("=") + 1);
  const family = new Family({ root: ownIdentity(), mark }, processTable());

  beforeEach(({ onTestFinished }) => {
    const before = new Set(family.search().map(({ pid }) => pid));
    // Registered first, so called last: after what the test itself registers to clean up.
    onTestFinished(async () => {
      const leaked = await leftAfterMs(vanishMs, () =>
        family.search().filter(({ pid }) => !before.has(pid)),
      );
      if (leaked.length === 0) return;
      const lines = leaked.map(describeProcess);
      for (const { pid } of leaked) kill(pid);
      throw new Error(`processes were left behind:\n${lines.join("\n")}`);
    });
  });
}

async function leftAfterMs(ms: number, look: () => SeenProcess[]): Promise<SeenProcess[]> {
  const deadline = performance.now() + ms;
  let left = look();
  while (left.length > 0 && performance.now() < deadline) {
    await sleep(20);
    left = look();
  }
  return left;
}

function describeProcess({ pid }: SeenProcess): string {
  try {
    return `${pid} ${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")}`;
  } catch {
    return String(pid);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it ended meanwhile
  }
}
