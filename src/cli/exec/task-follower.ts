import type { EventType, LoggedEvent } from "../../domain/event.ts";
import { tellsOnlyTaken } from "../../domain/taken-ahead.ts";
import type { Task } from "../../domain/task.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { type LogReader, readLog } from "../tasks/log-reader.ts";
import type { RunDisplay } from "./display.ts";

const pageSize = 500;

const endings: ReadonlySet<EventType> = new Set([
  "task_completed",
  "task_failed",
  "task_cancelled",
  "task_skipped",
]);

interface Followed {
  readonly number: number;
  readonly task: Task;
  readonly log: LogReader;
}

export interface FollowParams {
  readonly store: TaskStore;
  /** Those of the run, just submitted. */
  readonly tasks: readonly Task[];
  /** Of the last event before they were. */
  readonly cursor: number;
  readonly display: RunDisplay;
  readonly isOurWorker: (workerId: string) => boolean;
}

/** Follows the tasks of a run by the log of events, and shows what they write. */
export class TaskFollower {
  readonly #params: FollowParams;
  readonly #waiting = new Map<string, Followed>();
  readonly #running = new Map<string, Followed>();
  readonly #ended: Task[] = [];
  readonly #movedAt = new Map<string, number>();
  #cursor: number;

  constructor(params: FollowParams) {
    const { store, tasks, cursor } = params;
    this.#params = params;
    this.#cursor = cursor;
    for (const [at, task] of tasks.entries()) {
      this.#waiting.set(task.id, { number: at + 1, task, log: readLog(store, task.id) });
      this.#movedAt.set(task.type, performance.now());
    }
  }

  /** In the order in which they ended. */
  get ended(): readonly Task[] {
    return this.#ended;
  }

  get isDone(): boolean {
    return this.#waiting.size + this.#running.size === 0;
  }

  /** How many of a type wait, and how many run. */
  countsOf(type: string): { readonly waiting: number; readonly running: number } {
    const count = (followed: Map<string, Followed>) =>
      [...followed.values()].filter(({ task }) => task.type === type).length;
    return { waiting: count(this.#waiting), running: count(this.#running) };
  }

  waitingIdsOf(type: string): readonly string[] {
    return [...this.#waiting.values()].flatMap(({ task }) => (task.type === type ? task.id : []));
  }

  get runningIds(): readonly string[] {
    return [...this.#running.keys()];
  }

  /** Since when no task of the type has begun or ended. */
  movedAt(type: string): number {
    return this.#movedAt.get(type) ?? 0;
  }

  async look(): Promise<void> {
    const { store } = this.#params;
    for (let full = true; full; ) {
      const page = await store.listEvents({ after: this.#cursor, limit: pageSize });
      for (const event of page) await this.#heed(event);
      this.#cursor = page.at(-1)?.cursor ?? this.#cursor;
      full = page.length === pageSize;
    }
    for (const followed of this.#running.values()) await this.#showLog(followed);
  }

  async #heed(event: LoggedEvent): Promise<void> {
    const { display, isOurWorker } = this.#params;
    const { taskId, workerId, type } = event;
    if (taskId === undefined) {
      if (workerId !== undefined && isOurWorker(workerId)) display.worker(event);
      return;
    }
    const followed = this.#waiting.get(taskId) ?? this.#running.get(taskId);
    if (followed === undefined || tellsOnlyTaken(event)) return;
    this.#movedAt.set(followed.task.type, performance.now());
    if (endings.has(type)) await this.#end(followed);
    else if (type === "task_started") await this.#start(followed);
    else if (type === "task_requeued" || type === "task_released") {
      await this.#startOver(followed, event);
    }
  }

  async #start(followed: Followed): Promise<void> {
    const { task, number } = followed;
    this.#waiting.delete(task.id);
    this.#running.set(task.id, followed);
    const now = await this.#params.store.findTask(task.id);
    this.#params.display.taskStarted(number, now ?? task);
  }

  async #startOver(followed: Followed, { message }: LoggedEvent): Promise<void> {
    const { task, number } = followed;
    await this.#showLog(followed);
    this.#running.delete(task.id);
    this.#waiting.set(task.id, followed);
    const now = await this.#params.store.findTask(task.id);
    const reason = message ?? now?.failure?.message ?? "its attempt was given back";
    this.#params.display.taskAgain(number, reason);
  }

  async #end(followed: Followed): Promise<void> {
    const { task, number } = followed;
    await this.#showLog(followed);
    this.#waiting.delete(task.id);
    this.#running.delete(task.id);
    const now = (await this.#params.store.findTask(task.id)) ?? task;
    this.#ended.push(now);
    this.#params.display.taskEnded(number, now);
  }

  async #showLog({ number, log }: Followed): Promise<void> {
    for await (const piece of log.next()) this.#params.display.log(number, piece);
  }
}
