import type { EndedTally, TaskCount } from "../store/task-store.ts";
import type {
  EndedCounts,
  FailureCause,
  QueueOverview,
  SeenWorker,
  TypeOverview,
} from "./overview.ts";
import { type Household, roomFor } from "./see-memory.ts";
import { countWorkers } from "./see-workers.ts";

const minuteMs = 60_000;

export interface TypeSources {
  readonly now: number;
  /** Of open tasks. */
  readonly counts: readonly TaskCount[];
  readonly workers: readonly SeenWorker[];
  readonly lastMinute: readonly EndedTally[];
  readonly lastHour: readonly EndedTally[];
  readonly household: Household;
}

export function seeTypes(sources: TypeSources): TypeOverview[] {
  const { counts, workers, lastHour } = sources;
  const types = new Set([
    ...counts.map(({ type }) => type),
    ...workers.map(({ worker }) => worker.type),
    ...lastHour.map(({ type }) => type),
  ]);
  return [...types].toSorted().map((type) => seeType(type, sources));
}

function seeType(type: string, sources: TypeSources): TypeOverview {
  const { now, household } = sources;
  const workers = sources.workers.filter(({ worker }) => worker.type === type);
  const counts = sources.counts.filter((row) => row.type === type);
  const hour = sources.lastHour.filter((row) => row.type === type);
  const minute = sources.lastMinute.filter((row) => row.type === type);
  const averageMs = averageOf(hour);
  const expectedMemory = Math.max(...workers.map(({ worker }) => worker.expectedMemory));
  return {
    type,
    workers: countWorkers(workers),
    slots: slotsOf(workers),
    queues: [...new Set(counts.map(({ queue }) => queue))].toSorted().map((queue) => ({
      queue,
      ...depthOf(
        counts.filter((row) => row.queue === queue),
        now,
      ),
    })),
    ...depthOf(counts, now),
    lastMinute: endedOf(minute, now),
    lastHour: endedOf(hour, now),
    ...(averageMs !== undefined && { averageMs }),
    ...(workers.length > 0 && { room: roomFor(household, { type, expectedMemory }) }),
  };
}

function slotsOf(workers: readonly SeenWorker[]): number {
  return workers
    .filter(({ condition, worker: { state } }) => condition === "well" && takes.includes(state))
    .reduce((sum, { worker }) => sum + worker.concurrency, 0);
}

const takes = ["idle", "busy"];

/** A task whose time is yet to come does not wait. */
function depthOf(counts: readonly TaskCount[], now: number): Omit<QueueOverview, "queue"> {
  const due = counts.filter(({ state, dueAt }) => state === "pending" && dueAt <= now);
  const sum = (wanted: string) =>
    counts.reduce((all, { state, count }) => all + (state === wanted ? count : 0), 0);
  return {
    blocked: sum("blocked"),
    pending: sum("pending"),
    running: sum("running"),
    ...(due.length > 0 && { oldestPendingAt: Math.min(...due.map(({ dueAt }) => dueAt)) }),
  };
}

function endedOf(tallies: readonly EndedTally[], now: number): EndedCounts {
  const countOf = (wanted: string) => tallies.find(({ state }) => state === wanted)?.count ?? 0;
  const from = tallies.find(({ state }) => state === "completed")?.from ?? now;
  const minutes = (now - from) / minuteMs;
  const completed = countOf("completed");
  return {
    completed,
    failed: countOf("failed"),
    cancelled: countOf("cancelled"),
    completedPerMinute: minutes > 0 ? completed / minutes : 0,
  };
}

function averageOf(tallies: readonly EndedTally[]): number | undefined {
  const sample = tallies.find(({ state }) => state === "completed")?.sample;
  return sample === undefined || sample.ran === 0 ? undefined : sample.tookMs / sample.ran;
}

export function seeFailures(lastHour: readonly EndedTally[]): FailureCause[] {
  return lastHour
    .flatMap(({ type, sample }) => sample.failures.map((failure) => ({ ...failure, type })))
    .toSorted((a, b) => b.count - a.count);
}
