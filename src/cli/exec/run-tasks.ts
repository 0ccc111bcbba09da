import type { FolderGrant } from "../../domain/container.ts";
import { newId } from "../../domain/ids.ts";
import type { JsonValue } from "../../domain/json.ts";
import type { NewTask, Task } from "../../domain/task.ts";
import { liveWorkerStates } from "../../domain/worker-state.ts";
import { changes } from "../../library/changes.ts";
import { submitAlone } from "../../library/conversation-in-use.ts";
import { lastCursor } from "../../library/last-cursor.ts";
import type { CommandContext } from "../command.ts";
import type { TypeProgress } from "../progress/run-progress.ts";
import { notePauses } from "../queue/note-pauses.ts";
import { onStopSignal } from "../stop-signals.ts";
import type { RunSetup } from "../workers/run-setup.ts";
import type { RunDisplay, RunSummary } from "./display.ts";
import { JsonDisplay } from "./json-display.ts";
import { PlainDisplay } from "./plain-display.ts";
import { RunCrew } from "./run-crew.ts";
import { TaskFollower } from "./task-follower.ts";

export interface RunTask {
  readonly type: string;
  readonly payload: JsonValue;
  readonly title?: string;
  /** Tasks of the same run, by their places in it, that have to be completed first. */
  readonly after?: readonly number[];
}

export interface RunParams {
  readonly tasks: readonly RunTask[];
  /** Say only what goes wrong with workers. */
  readonly quiet?: boolean;
  /** Start workers although memory or processor are short. */
  readonly force?: boolean;
  /** What opened it, for people; `exec` when left out. */
  readonly kind?: string;
  /** How it is shown; as `clx exec` does when left out. */
  readonly displayFor?: (tasks: readonly Task[]) => RunDisplay;
  /** All of a task but what makes it this one. */
  readonly frame: Omit<NewTask, "id" | "type" | "payload" | "queue" | "sessionId">;
  readonly queue: string;
  readonly timeoutFor: (type: string) => number | undefined;
  readonly setup: RunSetup;
  /** What workers in containers must be able to do with files here. */
  readonly folders: () => readonly FolderGrant[];
  /** Ends it as a signal does. */
  readonly signal?: AbortSignal;
  /** Whose session and workers are used, and left as they are; its own when left out. */
  readonly crew?: RunCrew;
}

/** Idle workers take a due task within milliseconds; one that has not by then never will. */
const deafAfterMs = 3_000;
/** Of the tasks that wait: the first of them are the first to be claimed. */
const mostLookedAt = 50;
/** How often the progress is shown while nothing happens. */
const tickMs = 500;

/** Runs tasks in a session and sees them through; answers with the exit code. */
export async function runTasks(context: CommandContext, params: RunParams): Promise<number> {
  const { setup, queue, folders, kind = "exec", quiet = false, force } = params;
  const types = new Set(params.tasks.map(({ type }) => type));
  const wish = { setup, kind, queue, types, folders, quiet, ...(force !== undefined && { force }) };
  const crew = params.crew ?? (await RunCrew.open(context, wish));
  return await new Run(context, { ...params, ownsCrew: params.crew === undefined, crew }).live();
}

interface RunParts extends RunParams {
  readonly crew: RunCrew;
  /** It is closed at the end. */
  readonly ownsCrew: boolean;
}

class Run {
  readonly #context: CommandContext;
  readonly #parts: RunParts;
  readonly #startedAt = performance.now();
  readonly #stop = new AbortController();
  readonly #hurry = new AbortController();
  #isInterrupted = false;

  constructor(context: CommandContext, parts: RunParts) {
    this.#context = context;
    this.#parts = parts;
  }

  async live(): Promise<number> {
    const { terminal } = this.#context;
    const signals = onStopSignal((count, signal) => this.#heed(count, signal));
    const { signal: ending } = this.#parts;
    ending?.addEventListener("abort", () => this.#stop.abort(ending.reason));
    if (ending?.aborted) this.#stop.abort(ending.reason);
    terminal.onOutputClosed(() => this.#stop.abort("nobody reads the output"));
    let reason = "its tasks have ended";
    let follower: TaskFollower | undefined;
    try {
      await this.#provideForAll();
      const [tasks, display, cursor] = await this.#submit();
      follower = this.#follow(tasks, display, cursor);
      await this.#seeThrough(follower, display);
      if (this.#stop.signal.aborted && !follower.isDone) {
        this.#isInterrupted = true;
        reason = `interrupted: ${this.#stop.signal.reason}`;
        await this.#cancel(follower, reason);
      }
      await this.#close(reason, follower);
      const summary = this.#summaryOf(follower, tasks);
      display.summary(summary);
      return summary.exitCode;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      await this.#close(reason, follower);
      throw error;
    } finally {
      terminal.status(undefined);
      signals.close();
    }
  }

  #heed(count: number, signal: NodeJS.Signals): void {
    const { terminal } = this.#context;
    if (count === 1) {
      this.#stop.abort(signal);
      terminal.note(
        `${signal}: cancelling what is open and stopping the workers; once more ends them at once`,
      );
      return;
    }
    terminal.note(`${signal}: ending the workers now`);
    this.#hurry.abort();
    this.#parts.crew.workers.hurry();
  }

  /** Before anything is submitted: where there will be no workers, there shall be no tasks. */
  async #provideForAll(): Promise<void> {
    const { tasks, crew } = this.#parts;
    const { workers } = crew;
    const types = [...new Set(tasks.map(({ type }) => type))];
    const count = (type: string) => tasks.filter((task) => task.type === type).length;
    for (const type of types) await workers.ensurePossible(type);
    for (const type of types) await workers.provide({ type, tasks: count(type) });
  }

  async #submit(): Promise<[readonly Task[], RunDisplay, number]> {
    const { tasks, frame, timeoutFor, crew } = this.#parts;
    const { queue, store, sessionId } = crew;
    const now = this.#context.clock();
    const cursor = await lastCursor(store);
    const ids = tasks.map(() => newId(now));
    const submitted = await submitAlone(store, {
      now,
      tasks: tasks.map(({ type, payload, title, after = [] }, at): NewTask => {
        const { timeoutMs = timeoutFor(type) ?? 0, ...others } = frame;
        return {
          ...others,
          ...{ id: ids[at] ?? "", type, payload, queue, sessionId },
          ...(timeoutMs > 0 && { timeoutMs }),
          ...(title !== undefined && { title }),
          after: after.flatMap((place) => ids[place] ?? []),
        };
      }),
    });
    const made = submitted.map(({ task }) => task);
    await notePauses(this.#context.terminal, store, made);
    const display = this.#displayFor(made);
    return [made, display, cursor];
  }

  #displayFor(tasks: readonly Task[]): RunDisplay {
    const { terminal, verbose } = this.#context;
    const { displayFor } = this.#parts;
    if (displayFor !== undefined) return displayFor(tasks);
    if (terminal.json) return new JsonDisplay(terminal, tasks);
    return new PlainDisplay({ terminal, tasks, verbose });
  }

  #follow(tasks: readonly Task[], display: RunDisplay, cursor: number): TaskFollower {
    const { store, workers } = this.#parts.crew;
    const isOurWorker = (id: string) => workers.isOurs(id);
    return new TaskFollower({ store, tasks, cursor, display, isOurWorker });
  }

  async #seeThrough(follower: TaskFollower, display: RunDisplay): Promise<void> {
    const { store, workers } = this.#parts.crew;
    const tick = setInterval(() => {
      this.#showProgress(follower, display).catch(() => {
        // What is wrong with the store shows in the next look.
      });
    }, tickMs);
    try {
      for await (const _ of changes(store, this.#stop.signal)) {
        await follower.look();
        await this.#showProgress(follower, display);
        if (follower.isDone) return;
        await this.#attend(follower);
        const trouble = await workers.trouble();
        if (trouble !== undefined) throw trouble;
      }
    } finally {
      clearInterval(tick);
    }
  }

  async #attend(follower: TaskFollower): Promise<void> {
    const { crew, tasks } = this.#parts;
    const { workers } = crew;
    for (const type of new Set(tasks.map((task) => task.type))) {
      const { waiting, running } = follower.countsOf(type);
      if (waiting === 0) continue;
      const quietMs = performance.now() - follower.movedAt(type);
      if (quietMs > deafAfterMs && (await this.#isDue(follower, type)))
        workers.distrust(type, deafAfterMs);
      await workers.provide({ type, tasks: waiting + running });
    }
  }

  /** One that waits for others, needs much memory or waits out a back-off is left alone for good reason. */
  async #isDue(follower: TaskFollower, type: string): Promise<boolean> {
    const { store } = this.#parts.crew;
    const due = this.#context.clock() - deafAfterMs;
    for (const id of follower.waitingIdsOf(type).slice(0, mostLookedAt)) {
      const task = await store.findTask(id);
      if (task?.state !== "pending" || task.expectedMemory !== undefined) continue;
      if ((task.runAt ?? 0) < due) return true;
    }
    return false;
  }

  /** Waits for the end of what has been cancelled, but not for ever. */
  async #cancel(follower: TaskFollower, reason: string): Promise<void> {
    const { crew, setup } = this.#parts;
    const { store, sessionId } = crew;
    await store.endSession({ sessionId, reason, now: this.#context.clock() });
    const { abortGraceMs } = setup.policy.timing;
    const patience = AbortSignal.timeout(abortGraceMs + 1_000);
    for await (const _ of changes(store, AbortSignal.any([patience, this.#hurry.signal]))) {
      await follower.look();
      if (follower.isDone) return;
    }
  }

  async #close(reason: string, follower: TaskFollower | undefined): Promise<void> {
    const { crew, ownsCrew } = this.#parts;
    if (ownsCrew) await crew.close({ reason, atOnce: follower === undefined });
    await follower?.look();
  }

  async #showProgress(follower: TaskFollower, display: RunDisplay): Promise<void> {
    const { tasks, crew } = this.#parts;
    const { store } = crew;
    const types = [...new Set(tasks.map(({ type }) => type))];
    const [onlyOne, ...others] = follower.runningIds;
    const running =
      onlyOne === undefined || others.length > 0 ? undefined : await store.findTask(onlyOne);
    display.progress({
      total: tasks.length,
      ended: follower.ended.length,
      failed: follower.ended.filter(({ state }) => state !== "completed").length,
      tookMs: performance.now() - this.#startedAt,
      types: await Promise.all(types.map((type) => this.#progressOf(type, follower))),
      ...(running && { running }),
    });
  }

  async #progressOf(type: string, follower: TaskFollower): Promise<TypeProgress> {
    const { store, queue, sessionId } = this.#parts.crew;
    const live = await store.listWorkers({ type, states: liveWorkerStates });
    const able = live.filter(
      (worker) =>
        worker.queue === queue &&
        (worker.sessionId === undefined || worker.sessionId === sessionId),
    );
    const count = (...states: readonly string[]) =>
      able.filter(({ state }) => states.includes(state)).length;
    const took = follower.ended
      .filter((task) => task.type === type)
      .flatMap(({ startedAt, endedAt }) =>
        startedAt === undefined || endedAt === undefined ? [] : [endedAt - startedAt],
      );
    const average =
      took.length === 0 ? {} : { averageMs: took.reduce((a, b) => a + b, 0) / took.length };
    const workers = { starting: count("created"), idle: count("idle"), busy: count("busy") };
    return { type, workers, queued: follower.countsOf(type).waiting, ...average };
  }

  #summaryOf({ ended }: TaskFollower, tasks: readonly Task[]): RunSummary {
    const count = (state: string) => ended.filter((task) => task.state === state).length;
    const completed = count("completed");
    const failed = count("failed");
    return {
      completed,
      failed,
      cancelled: tasks.length - completed - failed,
      tookMs: performance.now() - this.#startedAt,
      exitCode: this.#exitCodeOf(ended, tasks.length),
    };
  }

  /** That of the program, when there was one and it ended by itself. */
  #exitCodeOf(ended: readonly Task[], count: number): number {
    if (this.#isInterrupted) return 130;
    if (ended.length === count && ended.every(({ state }) => state === "completed")) return 0;
    const [only] = ended;
    return (count === 1 ? only?.failure?.exitCode : undefined) || 1;
  }
}
