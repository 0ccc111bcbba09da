import type { Task } from "../../domain/task.ts";
import { pollOnAndOn } from "./poll-on-and-on.ts";
import { type ClaimAnswer, type ClaimRequest, longestWaitMs } from "./protocol.ts";

/** What a claim could still have taken. */
export type Appetite = Pick<ClaimRequest, "limit" | "memoryFree">;

export interface TaskWaiterParams {
  readonly claim: (
    request: Appetite & { readonly waitMs: number },
    signal: AbortSignal,
  ) => Promise<ClaimAnswer>;
  /** Those of the tasks that are news. */
  readonly receive: (tasks: readonly Task[]) => readonly Task[];
  readonly onRing: () => void;
}

/**
 * Waits for tasks in place of a worker whose last claim found fewer than it could take.
 *
 * A claim waits at the server. What it brings is kept here for the worker, who is told to claim
 * and gets it without asking the server again: from the commit of a task to its worker it is one
 * answer. A claim or settlement of the worker's own ends the wait, whatever it finds.
 */
export class TaskWaiter {
  readonly #params: TaskWaiterParams;
  readonly #stop = new AbortController();
  #appetite: Appetite | undefined;
  #isWaiting = false;
  #tasks: Task[] = [];

  constructor(params: TaskWaiterParams) {
    this.#params = params;
  }

  /** Waits, or goes on to, for what could be taken; `undefined`: nothing. */
  want(appetite: Appetite | undefined): void {
    this.#appetite = appetite;
    if (appetite === undefined || this.#isWaiting || this.#stop.signal.aborted) return;
    this.#isWaiting = true;
    void this.#wait();
  }

  /** What has come by waiting. */
  take(limit: number): readonly Task[] {
    return this.#tasks.splice(0, limit);
  }

  /** Waits no more; answers with what has come and was not taken. */
  close(): readonly Task[] {
    this.#stop.abort();
    return this.take(this.#tasks.length);
  }

  async #wait(): Promise<void> {
    const { claim, receive, onRing } = this.#params;
    const { signal } = this.#stop;
    await pollOnAndOn(signal, async () => {
      const appetite = this.#appetite;
      if (appetite === undefined) return false;
      const { tasks, standing } = await claim({ ...appetite, waitMs: longestWaitMs }, signal);
      const news = receive(tasks);
      if (news.length === 0 && standing === "live") return true;
      if (this.#appetite === appetite) this.#appetite = undefined;
      this.#tasks.push(...news);
      onRing();
      return true;
    });
    this.#isWaiting = false;
    this.want(this.#appetite); // of the moment in which it ended
  }
}
