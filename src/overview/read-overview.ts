import { openTaskStates } from "../domain/task-state.ts";
import { liveWorkerStates } from "../domain/worker-state.ts";
import type { EndedTally, TaskCount, TaskStore, WaitingTask } from "../store/task-store.ts";
import { workersOfHost } from "../supervisor/host-workers.ts";
import { judgeHealth } from "./judge-health.ts";
import type { SeenMachine } from "./look-at-machine.ts";
import type { Overview } from "./overview.ts";
import { seeMemory } from "./see-memory.ts";
import { seePools } from "./see-pools.ts";
import { seeSupervisors } from "./see-supervisors.ts";
import { seeFailures, seeTypes } from "./see-types.ts";
import { seeWaiting } from "./see-waiting.ts";
import { seeWorker } from "./see-workers.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** How many are shown, at most: running tasks, and of each kind of waiting per type and queue. */
const mostRunning = 100;
const mostWaiting = 10;
/** Of each final state, how many are looked at for times and causes. */
const sampleSize = 1_000;
const poolEventsLookedAt = 500;

/**
 * Asks the store all that an overview needs, in a bounded number of questions that indexes
 * answer: it takes milliseconds beside a million tasks.
 */
export function readOverview(
  store: TaskStore,
  machine: SeenMachine,
  now: number,
): Promise<Overview> {
  return readOverviewWith({ store, machine, now, tallyHour: () => tallyHour(store, now) });
}

/** What ended within the hour: beside many that did, the dearest question, and the slowest to change. */
export function tallyHour(store: TaskStore, now: number): Promise<readonly EndedTally[]> {
  return store.tallyEnded({ since: now - hourMs, sample: sampleSize });
}

export interface OverviewParams {
  readonly store: TaskStore;
  readonly machine: SeenMachine;
  readonly now: number;
  /** May answer with what it has found a while ago. */
  readonly tallyHour: () => Promise<readonly EndedTally[]>;
}

export async function readOverviewWith(params: OverviewParams): Promise<Overview> {
  const { store, machine, now } = params;
  const startedAt = performance.now();
  const found = { ...(await askStore(store, now)), lastHour: await params.tallyHour() };
  const tookMs = performance.now() - startedAt;
  const { counts, lastHour, sessions, pauses } = found;
  const workers = found.workers.map((worker) => seeWorker(worker, machine, now));
  const hosted = workersOfHost(found.workers, machine.host);
  const household = { machine: machine.facts, workers: hosted };
  const memory = seeMemory(household);
  const pools = seePools(found.poolEvents, workers, machine);
  const supervisors = seeSupervisors({ sessions, workers, pools, machine });
  const known = machine.knownTypes && { knownTypes: machine.knownTypes };
  const waits = { now, pauses, workers, pools, memory, ...known };
  const countOf = (states: readonly string[]) =>
    counts.reduce((sum, { state, count }) => sum + (states.includes(state) ? count : 0), 0);
  const facts = {
    at: now,
    store: { location: store.abilities.location, tookMs },
    types: seeTypes({ ...found, now, workers, household }),
    workers,
    pools,
    supervisors,
    running: found.running.items,
    runningCount: countOf(["running"]),
    waiting: found.waiting.flatMap((group) => seeWaiting(group, waits)),
    waitingCount: countOf(["pending", "blocked"]),
    pauses,
    failures: seeFailures(lastHour),
    memory,
  };
  return { ...facts, health: judgeHealth({ ...facts, ...known, openSessions: sessions }) };
}

async function askStore(store: TaskStore, now: number) {
  const counts = await store.countTasks({ states: openTaskStates });
  return {
    counts,
    waiting: await listWaiting(store, counts),
    pauses: await store.listPauses(),
    workers: await store.listWorkers({ states: liveWorkerStates }),
    sessions: await store.listSessions({ open: true }),
    poolEvents: await store.listPoolEvents({ limit: poolEventsLookedAt }),
    running: await store.listTasks({ states: ["running"], limit: mostRunning }),
    lastMinute: await store.tallyEnded({ since: now - minuteMs, sample: 0 }),
  };
}

/** By type and queue. */
async function listWaiting(
  store: TaskStore,
  counts: readonly TaskCount[],
): Promise<readonly (readonly WaitingTask[])[]> {
  const waiting = counts.filter(({ state }) => state !== "running");
  const places = new Map(
    waiting.map(({ type, queue }) => [JSON.stringify([type, queue]), { type, queue }]),
  );
  return await Promise.all(
    [...places.values()].map((place) => store.listWaiting({ ...place, limit: mostWaiting })),
  );
}
