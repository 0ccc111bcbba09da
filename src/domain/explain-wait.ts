import { type Pause, pauseWords, resumeCommand } from "./pause.ts";
import { startHint } from "./start-hint.ts";
import type { Task } from "./task.ts";
import { localTime, span } from "./time-words.ts";

/** What is known of the things a task may wait for. */
export interface WaitFacts {
  readonly now: number;
  /** Ids of the tasks that it waits for and that have not ended. */
  readonly openDependencies: readonly string[];
  /** A pause that holds it back. */
  readonly pause?: Pause;
  /** Live workers of its type and queue that may take tasks of its session. */
  readonly workers: AbleWorkers;
  /** Due tasks that the same workers will take first. */
  readonly tasksAhead: number;
  /** What the host can give to a task, bytes. Absent: not known, or no matter. */
  readonly memoryFree?: number;
  /** The most that one of these workers has reserved: who expects no more has it already. */
  readonly memoryReserved?: number;
  /** Why there are no more workers: a refused admission, a pool that gave up. */
  readonly poolTrouble?: string;
  /** Worker types that ship and that are configured. Absent: not known. */
  readonly knownTypes?: readonly string[];
}

export interface AbleWorkers {
  readonly starting: number;
  readonly idle: number;
  readonly busy: number;
  readonly draining: number;
  readonly hung: number;
}

/** One sentence about why an open task does not run now; `undefined` when it does not wait. */
export function explainWait(task: Task, facts: WaitFacts): string | undefined {
  if (task.state === "blocked") return explainBlocked(facts);
  if (task.state !== "pending") return undefined;
  return (
    explainDueTime(task, facts) ??
    explainPause(facts) ??
    explainWorkers(task, facts) ??
    explainMemory(task, facts) ??
    explainQueue(facts)
  );
}

function explainBlocked({ openDependencies }: WaitFacts): string {
  const [first, ...more] = openDependencies;
  if (first === undefined) return "It waits for other tasks, the last of which has just ended.";
  if (more.length === 0) return `It waits for task ${first} to end.`;
  const shown = openDependencies.slice(0, 3).join(", ");
  const rest = openDependencies.length > 3 ? ", …" : "";
  return `It waits for ${openDependencies.length} tasks to end: ${shown}${rest}.`;
}

function explainDueTime(task: Task, { now }: WaitFacts): string | undefined {
  if (task.runAt === undefined || task.runAt <= now) return undefined;
  const when = `${localTime(task.runAt)}, in ${span(task.runAt - now)}`;
  if (task.attempt === 0) return `It is not to run before ${when}.`;
  return `Attempt ${task.attempt} of at most ${task.attemptLimit} failed; the next one is due at ${when}.`;
}

function explainPause({ pause }: WaitFacts): string | undefined {
  if (pause === undefined) return undefined;
  const words = pauseWords(pause);
  return `${words[0]?.toUpperCase()}${words.slice(1)}; "${resumeCommand(pause)}" lets them go on.`;
}

function explainWorkers(
  task: Task,
  { workers, poolTrouble, knownTypes }: WaitFacts,
): string | undefined {
  if (workers.idle + workers.busy > 0) return undefined;
  const what = `${task.type} tasks of queue ${task.queue}`;
  if (workers.starting > 0) return `A worker that takes ${what} is starting.`;
  if (poolTrouble !== undefined) return `No live worker takes ${what}: ${poolTrouble}`;
  if (workers.hung > 0) return `All workers that take ${what} hang.`;
  if (workers.draining > 0) return `All workers that take ${what} are about to leave.`;
  return `No live worker takes ${what}; ${startHint(task, knownTypes)}.`;
}

function explainMemory(task: Task, facts: WaitFacts): string | undefined {
  const { memoryFree, memoryReserved = 0 } = facts;
  if (task.expectedMemory === undefined || memoryFree === undefined) return undefined;
  if (task.expectedMemory <= Math.max(memoryFree, memoryReserved)) return undefined;
  const needed = gib(task.expectedMemory);
  return `It is expected to need ${needed} of memory, and only ${gib(Math.max(0, memoryFree))} are free.`;
}

function explainQueue({ workers, tasksAhead }: WaitFacts): string {
  if (workers.idle > 0) return "An idle worker is about to take it.";
  const busy = workers.busy === 1 ? "The worker for it is busy" : "All workers for it are busy";
  if (tasksAhead === 0) return `${busy}; it is the next in line.`;
  return `${busy}, and ${tasksAhead} ${tasksAhead === 1 ? "task is" : "tasks are"} ahead of it.`;
}

function gib(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
