import type { Task } from "../../domain/task.ts";
import { pollOnAndOn } from "./poll-on-and-on.ts";
import {
  type ClaimAnswer,
  type ClaimRequest,
  longestWaitMs,
  type WatchAnswer,
  type WatchRequest,
} from "./protocol.ts";

/** What a claim could still have taken. */
export interface Appetite extends Pick<ClaimRequest, "limit" | "memoryFree"> {
  /** Of the bell, before that claim looked. */
  readonly mark: string;
}

export interface TaskWaiterParams {
  readonly claim: (
    request: Pick<ClaimRequest, "limit" | "memoryFree" | "waitMs">,
  ) => Promise<ClaimAnswer>;
  readonly watch: (request: WatchRequest) => Promise<WatchAnswer>;
  /** Whether the worker has tasks in hand. */
  readonly isBusy: () => boolean;
  /** Those of the tasks that are news. */
  readonly receive: (tasks: readonly Task[]) => readonly Task[];
  /** Settles them, which ends the wait of a claim at the server too. */
  readonly giveBack: (tasks: readonly Task[]) => void;
  readonly onRing: () => void;
  /** Aborted when nothing can be asked any more. */
  readonly signal: AbortSignal;
}

/**
 * Waits for tasks in place of a worker whose last claim found fewer than it could take.
 *
 * For an idle worker a claim waits at the server. What it brings is kept here for the worker, who
 * is told to claim and gets it without asking the server again: from the commit of a task to its
 * worker it is one answer. A worker that has something in hand may be blocked by it, and must not
 * be given what it could not begin: it is only told that there is work, and claims for itself.
 *
 * A claim or settlement of the worker's own ends the wait, whatever it finds.
 */
export class TaskWaiter {
  readonly #params: TaskWaiterParams;
  #appetite: Appetite | undefined;
  #isWaiting = false;
  #isClosed = false;
  #tasks: Task[] = [];
  #mark = "";

  constructor(params: TaskWaiterParams) {
    this.#params = params;
  }

  /** Waits, or goes on to, for what could be taken; `undefined`: nothing. */
  want(appetite: Appetite | undefined): void {
    if (this.#isClosed) return;
    this.#appetite = appetite;
    if (appetite === undefined || this.#isWaiting || this.#params.signal.aborted) return;
    this.#isWaiting = true;
    void this.#wait();
  }

  /** What has come by waiting; for the rest of the wish it goes on. */
  take({ limit, memoryFree }: Pick<ClaimRequest, "limit" | "memoryFree">): readonly Task[] {
    const tasks = this.#tasks.splice(0, limit);
    if (tasks.length === 0 || tasks.length === limit) return tasks;
    const rest = { limit: limit - tasks.length, mark: this.#mark };
    this.want({ ...rest, ...(memoryFree !== undefined && { memoryFree }) });
    return tasks;
  }

  /** Nobody takes anything any more: what has come, and what may still come, is given back. */
  close(): void {
    this.#isClosed = true;
    this.#appetite = undefined;
    if (this.#isWaiting || this.#tasks.length > 0) this.#params.giveBack(this.#tasks.splice(0));
  }

  async #wait(): Promise<void> {
    await pollOnAndOn(this.#params.signal, async () => {
      const appetite = this.#appetite;
      if (appetite === undefined) return false;
      if (this.#params.isBusy()) await this.#waitForRing(appetite);
      else await this.#waitForTasks(appetite);
      return true;
    });
    this.#isWaiting = false;
    this.want(this.#appetite); // of the moment in which it ended
  }

  async #waitForTasks(appetite: Appetite): Promise<void> {
    const { claim, receive, giveBack } = this.#params;
    const { mark: _, ...wish } = appetite;
    const { tasks, standing, mark } = await claim({ ...wish, waitMs: longestWaitMs });
    this.#mark = mark;
    const news = receive(tasks);
    if (this.#isClosed) {
      if (news.length > 0) giveBack(news);
      return;
    }
    if (news.length === 0 && standing === "live") return;
    this.#tasks.push(...news);
    this.#ring(appetite);
  }

  async #waitForRing(appetite: Appetite): Promise<void> {
    const request = { work: true, seen: appetite.mark, waitMs: longestWaitMs };
    if ((await this.#params.watch(request)).rung) this.#ring(appetite);
  }

  /** The claim that follows says what is wanted then. */
  #ring(appetite: Appetite): void {
    if (this.#appetite === appetite) this.#appetite = undefined;
    if (!this.#isClosed) this.#params.onRing();
  }
}
