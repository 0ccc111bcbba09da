import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { Task } from "../../src/domain/task.ts";
import type { TaskStore } from "../../src/store/task-store.ts";
import { openStoreAt } from "../engine.ts";
import { ownCpuSeconds } from "../measure/process-usage.ts";
import { RawQueue } from "../measure/raw-queue.ts";
import { median } from "../measure/statistics.ts";
import { registerBenchWorker } from "../rows/backlog.ts";
import { fillQueue, noopTask } from "../tasks.ts";
import { bytesWritten } from "./bytes-written.ts";
import type { Ratios } from "./limits.ts";

const rounds = 7;

/** Medians of ratios, each of two things measured one right after the other. */
export async function measureRatios(parent: string): Promise<Ratios> {
  const folder = mkdtempSync(join(parent, "try-"));
  // The wait for the disk is left out: it is the same for both, and differs from moment to moment.
  const store = await openStoreAt(join(folder, "ours.db"), "off");
  const raw = new RawQueue(join(folder, "raw.db"), "off");
  const ours = new OurQueue(store, await registerBenchWorker(store));
  await ours.submit(500);
  raw.submit(500);

  await measureRound(ours, raw); // to warm up
  const found: Round[] = [];
  for (let round = 0; round < rounds; round++) found.push(await measureRound(ours, raw));
  const shallow = median(found.map(({ one }) => one.ours));
  await fillQueue(store, 20_000);
  const deep: number[] = [];
  for (let round = 0; round < rounds; round++) deep.push((await costOf(400, ours.ones(400))).cpu);
  await store.close();
  raw.close();
  return {
    "settle and claim one / SQLite alone": median(found.map(({ one }) => one.cpu)),
    "settle and claim 100 / SQLite alone": median(found.map(({ many }) => many.cpu)),
    "submit 100 / SQLite alone": median(found.map(({ submitted }) => submitted.cpu)),
    "bytes written by a settle and claim / SQLite alone": median(found.map(({ one }) => one.bytes)),
    "claim behind 20,000 / behind 500": median(deep) / shallow,
  };
}

interface Round {
  readonly one: Comparison;
  readonly many: Comparison;
  readonly submitted: Comparison;
}

/** Leaves both queues as long as it found them. */
async function measureRound(ours: OurQueue, raw: RawQueue): Promise<Round> {
  await ours.submit(400);
  raw.submit(400);
  const one = await compare(400, ours.ones(400), () => repeated(400, () => raw.settleAndClaim(1)));
  const submitted = await compare(
    2_000,
    () => repeat(20, () => ours.submit(100)),
    () => repeated(20, () => raw.submit(100)),
  );
  const many = await compare(
    2_000,
    () => repeat(20, () => ours.settleAndClaim(100)),
    () => repeated(20, () => raw.settleAndClaim(100)),
  );
  return { one, many, submitted };
}

class OurQueue {
  readonly #store: TaskStore;
  readonly #workerId: string;
  #held: readonly Task[] = [];

  constructor(store: TaskStore, workerId: string) {
    this.#store = store;
    this.#workerId = workerId;
  }

  async submit(count: number): Promise<void> {
    const tasks = Array.from({ length: count }, () => noopTask());
    await this.#store.submit({ tasks, now: Date.now() });
  }

  /** So many, one at a time. */
  ones(times: number): () => Promise<void> {
    return () => repeat(times, () => this.settleAndClaim(1));
  }

  async settleAndClaim(limit: number): Promise<void> {
    const outcome = { kind: "completed" as const };
    const settlements = this.#held.map(({ id: taskId, attempt }) => ({ taskId, attempt, outcome }));
    const now = Date.now();
    const workerId = this.#workerId;
    const settled = await this.#store.settle({ workerId, settlements, limit, now, jitter: 0 });
    this.#held = settled.claim.tasks;
  }
}

interface Cost {
  /** Seconds for each task. */
  readonly cpu: number;
  readonly bytes: number;
}

interface Comparison extends Cost {
  readonly ours: number;
}

async function compare(
  count: number,
  ours: () => Promise<void>,
  raw: () => void,
): Promise<Comparison> {
  const mine = await costOf(count, ours);
  const least = await costOf(count, async () => raw());
  return { cpu: mine.cpu / least.cpu, bytes: mine.bytes / least.bytes, ours: mine.cpu };
}

async function costOf(count: number, work: () => Promise<void>): Promise<Cost> {
  const before = { cpu: ownCpuSeconds(), bytes: bytesWritten() };
  await work();
  return {
    cpu: (ownCpuSeconds() - before.cpu) / count,
    bytes: (bytesWritten() - before.bytes) / count,
  };
}

async function repeat(times: number, step: () => Promise<void>): Promise<void> {
  for (let n = 0; n < times; n++) await step();
}

function repeated(times: number, step: () => void): void {
  for (let n = 0; n < times; n++) step();
}
