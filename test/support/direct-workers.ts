import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { DirectExecutor } from "../../src/executor/direct/direct-executor.ts";
import type { RunningWorker, StartOrder } from "../../src/executor/executor.ts";
import { orderFor } from "./start-order.ts";
import { until } from "./until.ts";

/** Path of a program of `test/programs/`. */
export function programAt(path: string): string {
  return fileURLToPath(new URL(`../programs/${path}`, import.meta.url));
}

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "clx-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function newOrder(): StartOrder {
  return orderFor(`direct-test-${randomUUID().slice(0, 8)}`, newFolder());
}

/** What a worker said to its log, in JSON lines (see `programs/workers/lifeline.ts`). */
export async function heard(order: StartOrder, word: string): Promise<Record<string, unknown>> {
  return until(
    () => {
      if (!existsSync(order.logPath)) return undefined;
      const lines = readFileSync(order.logPath, "utf8").split("\n").slice(0, -1);
      const line = lines.find((one) => one.includes(`"word":"${word}"`));
      return line === undefined ? undefined : (JSON.parse(line) as Record<string, unknown>);
    },
    { what: `"${word}" in ${order.logPath}` },
  );
}

export interface StartedDirectWorker {
  readonly executor: DirectExecutor;
  readonly order: StartOrder;
  readonly worker: RunningWorker;
}

/** Starts a program of `test/programs/workers/`; it is ended with the test. */
export async function startDirect(
  program: string,
  changes: Partial<StartOrder> = {},
): Promise<StartedDirectWorker> {
  const executor = new DirectExecutor({ entry: programAt(`workers/${program}`) });
  const order = { ...newOrder(), ...changes };
  const worker = await executor.start(order);
  onTestFinished(async () => {
    await executor.cleanup(worker.ref);
    await executor.close();
  });
  return { executor, order, worker };
}
