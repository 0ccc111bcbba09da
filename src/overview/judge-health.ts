import { pauseWords, resumeCommand } from "../domain/pause.ts";
import type { Session } from "../domain/session.ts";
import { startHint, type TaskPlace, waysToStart } from "../domain/start-hint.ts";
import type { Task } from "../domain/task.ts";
import { span } from "../domain/time-words.ts";
import type { Finding, Health, Overview, SeenWorker } from "./overview.ts";
import { isDue } from "./see-waiting.ts";
import { ableWorkers } from "./see-workers.ts";

/** What is slower than this to answer is noticed by everybody who waits for it. */
const slowStoreMs = 1_000;
/** A run that has just begun has not started its workers yet. */
const runBeginsMs = 10_000;

export type HealthFacts = Omit<Overview, "health"> & {
  readonly openSessions: readonly Session[];
  readonly knownTypes?: readonly string[];
};

export function judgeHealth(facts: HealthFacts): Health {
  const findings = [
    ...judgeWaiting(facts),
    ...judgeWorkers(facts.workers),
    ...judgeSupervisors(facts),
    ...judgePools(facts),
    ...judgePauses(facts),
    ...judgeMemory(facts),
    ...judgeStore(facts),
  ];
  const isDown = findings.some(({ level }) => level === "down");
  const level = isDown ? "down" : findings.length > 0 ? "degraded" : "well";
  return { level, findings };
}

interface Place {
  readonly type: string;
  readonly queue: string;
  readonly attended: boolean;
}

function judgeWaiting(facts: HealthFacts): Finding[] {
  const due = facts.waiting.map(({ task }) => task).filter((task) => isDue(task, facts.at));
  const places = due.map((task) => ({ ...task, attended: isAttended(task, facts) }));
  const unattended = distinct(places.filter(({ attended }) => !attended));
  if (unattended.length === 0) return [];
  const nobody = places.every(({ attended }) => !attended) && facts.runningCount === 0;
  return unattended.map(({ type, queue }) => ({
    level: nobody ? "down" : "degraded",
    code: nobody ? "no_workers" : "no_workers_for_type",
    message: unattendedWords(facts, type, queue),
    next: adviceFor({ type, queue }, facts),
  }));
}

function adviceFor(place: TaskPlace, { pools, knownTypes }: HealthFacts): string {
  const able = pools.filter(({ type, queue }) => type === place.type && queue === place.queue);
  const pool = able.find(({ wanted }) => wanted > 0) ?? able[0];
  if (pool === undefined) return sentence(startAdvice(place, knownTypes));
  if (pool.wanted === 0) {
    return `Pool ${pool.name} of process ${pool.supervisor.pid} wants none any more: they were drained or aborted by hand. ${sentence(startAdvice(place, knownTypes))}`;
  }
  return `Process ${pool.supervisor.pid} keeps a pool of them and starts some as soon as it can; "clx events" tells what happened.`;
}

function startAdvice(place: TaskPlace, known: readonly string[] = [place.type]): string {
  return known.includes(place.type) ? waysToStart(place) : startHint(place, known);
}

function sentence(clause: string): string {
  return `${clause[0]?.toUpperCase()}${clause.slice(1)}.`;
}

function unattendedWords({ types }: HealthFacts, type: string, queue: string): string {
  const found = types.find((one) => one.type === type)?.queues.find((one) => one.queue === queue);
  const count = found?.pending ?? 1;
  return count === 1
    ? `1 ${type} task waits in queue ${queue}, and no live worker takes it.`
    : `${count} ${type} tasks wait in queue ${queue}, and no live worker takes them.`;
}

function isAttended(task: Task, { workers, openSessions, at }: HealthFacts): boolean {
  const { starting, idle, busy } = ableWorkers(task, workers);
  if (starting + idle + busy > 0) return true;
  const isOfRun = openSessions.some(({ id }) => id === task.sessionId);
  return isOfRun && at - task.createdAt < runBeginsMs;
}

function distinct(places: readonly Place[]): Place[] {
  return places.filter(
    (place, at) =>
      places.findIndex(({ type, queue }) => type === place.type && queue === place.queue) === at,
  );
}

function judgeWorkers(workers: readonly SeenWorker[]): Finding[] {
  const idsOf = (condition: string) =>
    workers.filter((one) => one.condition === condition).map(({ worker }) => worker.id);
  const [lost, stalled, hung] = [idsOf("lost"), idsOf("stalled"), idsOf("hung")];
  const silent = idsOf("silent");
  return [
    ...(lost.length === 0 ? [] : [lostFinding(lost)]),
    ...(stalled.length === 0 ? [] : [stalledFinding(stalled)]),
    ...(silent.length === 0 ? [] : [silentFinding(silent)]),
    ...(hung.length === 0 ? [] : [hungFinding(hung)]),
  ];
}

function lostFinding(ids: readonly string[]): Finding {
  return {
    level: "degraded",
    code: "workers_lost",
    message: `${named(ids)} ${ids.length === 1 ? "has lost its process" : "have lost their processes"}, and nobody has put that right yet.`,
    next: `A supervisor does so within seconds; without one, "clx workers cleanup" does.`,
  };
}

function stalledFinding(ids: readonly string[]): Finding {
  return {
    level: "degraded",
    code: "workers_stalled",
    message: `${named(ids)} ${ids.length === 1 ? "has" : "have"} not been heard of for 3 minutes.`,
    next: `"clx workers cleanup" ends what hangs and gives its tasks back.`,
  };
}

function silentFinding(ids: readonly string[]): Finding {
  return {
    level: "degraded",
    code: "workers_silent",
    message: `${named(ids)} ${ids.length === 1 ? "is" : "are"} not heard of past ${ids.length === 1 ? "its" : "their"} lease.`,
    next: `It may be stopped or starved; "clx workers list" says since when, and "clx workers cleanup" ends what stays silent for 3 minutes.`,
  };
}

function hungFinding(ids: readonly string[]): Finding {
  return {
    level: "degraded",
    code: "workers_hung",
    message: `${named(ids)} ${ids.length === 1 ? "does" : "do"} not respond.`,
    next: `Look at ${ids.length === 1 ? "its" : "their"} log ("clx workers list --json" names it), or end it: "clx workers abort ${ids[0]}".`,
  };
}

function named(ids: readonly string[]): string {
  const shown = ids.slice(0, 3).join(", ");
  return ids.length > 3 ? `${shown} and ${ids.length - 3} more` : shown;
}

function judgeSupervisors({ supervisors }: HealthFacts): Finding[] {
  return supervisors
    .filter(({ alive }) => alive === false)
    .filter(({ kind, persistentWorkers }) => kind !== "supervisor" || persistentWorkers > 0)
    .map(({ kind, process: { pid }, persistentWorkers: count }) => ({
      level: "degraded",
      code: "supervisor_lost",
      message:
        count > 0
          ? `Process ${pid}, the supervisor of ${count} persistent ${count === 1 ? "worker" : "workers"}, is gone: nobody replaces a worker that ends.`
          : `Process ${pid} (${kind}) is gone, and what it left has not been put right yet.`,
      next:
        count > 0
          ? `"clx start-services" starts a supervisor that takes them over, "clx stop-services" ends them.`
          : `"clx workers cleanup" puts it right.`,
    }));
}

function judgePools({ pools }: HealthFacts): Finding[] {
  return pools.flatMap(({ name, wanted, live, trouble }) =>
    trouble === undefined
      ? []
      : [
          {
            level: "degraded" as const,
            code: "pool_short" as const,
            message: `Pool ${name} has ${live} of ${wanted} workers: ${trouble}`,
            next: `"clx doctor" says what the machine can give; "clx events" tells what happened.`,
          },
        ],
  );
}

function judgePauses({ pauses }: HealthFacts): Finding[] {
  return pauses.map((pause) => {
    const words = pauseWords(pause);
    return {
      level: "degraded",
      code: "paused",
      message: `${words[0]?.toUpperCase()}${words.slice(1)}.`,
      next: `"${resumeCommand(pause)}" lets them go on.`,
    };
  });
}

function judgeMemory({ waiting, workers, memory, at }: HealthFacts): Finding[] {
  const starved = waiting.filter(
    ({ task }) =>
      isDue(task, at) &&
      (task.expectedMemory ?? 0) > memory.free &&
      ableWorkers(task, workers).idle > 0,
  );
  if (starved.length === 0) return [];
  return [
    {
      level: "degraded",
      code: "memory_short",
      message: `${starved.length === 1 ? "A task waits" : `${starved.length} tasks wait`} for memory: idle workers leave ${starved[0]?.task.id} until there is more.`,
      next: "End what else needs memory, or submit such tasks with a smaller --memory.",
    },
  ];
}

function judgeStore({ store: { tookMs, location } }: HealthFacts): Finding[] {
  if (tookMs < slowStoreMs) return [];
  return [
    {
      level: "degraded",
      code: "store_slow",
      message: `The database took ${span(tookMs)} to answer (${location}).`,
      next: `"clx doctor" looks at it; "clx db prune" and "clx db vacuum" make it smaller.`,
    },
  ];
}
