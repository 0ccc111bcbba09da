import { ClxError } from "../../domain/errors.ts";
import type { Task } from "../../domain/task.ts";
import { isFinal } from "../../domain/task-state.ts";
import { liveWorkerStates } from "../../domain/worker-state.ts";
import { closeAll, type makeExecutors } from "../../library/make-executors.ts";
import type { RunWorkers } from "../../lifecycle/run-workers.ts";
import type { CommandContext } from "../command.ts";
import { makeRunWorkers } from "../workers/make-run-workers.ts";
import { runSetupOf } from "../workers/run-setup.ts";
import { settle } from "../workers/settle.ts";
import { speakingExecutors } from "../workers/speaking-executors.ts";

export interface AttendParams {
  readonly type: string;
  readonly queue: string;
  /** The task is to wait for something first. */
  readonly isLater: boolean;
}

/**
 * Sees to it that a task that somebody waits for finds a worker: one that is there, else one of
 * our own, which leaves with us.
 *
 * The task is the store's, not ours, so the worker belongs to no session: it takes what is due
 * first in its queue, like any other. As soon as it has our task it takes nothing else.
 *
 * @throws ClxError `no_workers` when there is none and none may be started,
 * `unknown_worker_type` when there is none and nothing says what one would run
 */
export async function attendTask(
  context: CommandContext,
  { type, queue, isLater }: AttendParams,
): Promise<Attendance> {
  const store = await context.openStore("write");
  const executors = speakingExecutors(context);
  const setup = runSetupOf({ ...context, config: await settle(context, [type]) });
  const workers = makeRunWorkers(context, { setup, store, executors, queue, followsLog: false });
  const attendance = new Attendance({ context, workers, executors, type, queue });
  try {
    if (isLater) await attendance.refuseUnknown(() => setup.poolFor(type));
    else await attendance.provide();
    return attendance;
  } catch (error) {
    await attendance.stop();
    throw error;
  }
}

interface AttendanceParts {
  readonly context: CommandContext;
  readonly workers: RunWorkers;
  readonly executors: ReturnType<typeof makeExecutors>;
  readonly type: string;
  readonly queue: string;
}

export class Attendance {
  readonly #parts: AttendanceParts;
  /** Only others can do it. */
  #isTheirs = false;
  #last: Task | undefined;

  constructor(parts: AttendanceParts) {
    this.#parts = parts;
  }

  async provide(): Promise<void> {
    const { workers, type } = this.#parts;
    try {
      await workers.provide({ type, tasks: 1 });
    } catch (error) {
      if (!isUnknownType(error) || !(await this.#isTakenByOthers())) throw error;
      this.#isTheirs = true;
    }
  }

  /** It will need workers later, and by then nobody looks at what is said. */
  async refuseUnknown(look: () => unknown): Promise<void> {
    try {
      look();
    } catch (error) {
      if (isUnknownType(error) && !(await this.#isTakenByOthers())) throw error;
    }
  }

  /** `clx supervise --handler` does not tell us what its workers run. */
  async #isTakenByOthers(): Promise<boolean> {
    const { context, type, queue } = this.#parts;
    const store = await context.openStore("read");
    const live = await store.listWorkers({ type, states: liveWorkerStates });
    return live.some((worker) => worker.queue === queue && worker.sessionId === undefined);
  }

  /** Called whenever the task may have changed. */
  async look(task: Task): Promise<void> {
    const { workers, context } = this.#parts;
    this.#last = task;
    if (this.#isTheirs) return;
    const isDue = task.state === "pending" && (task.runAt ?? 0) <= context.clock();
    if (isDue) await this.provide();
    if (task.state === "running" && workers.isOurs(task.workerId ?? "")) workers.retire();
    const trouble = isDue ? await workers.trouble() : undefined;
    if (trouble !== undefined) throw trouble;
  }

  /** Ends the worker, if one was started; a task that we did not wait for to its end is given back. */
  async stop(): Promise<void> {
    const { workers, executors, context } = this.#parts;
    const giveBack = this.#last !== undefined && !isFinal(this.#last.state);
    if (giveBack && workers.isOurs(this.#last?.workerId ?? "")) {
      context.terminal.hint(
        'its worker leaves with this command, and the task waits for another: "clx start-services" starts workers that stay',
      );
    }
    try {
      await workers.stop({ giveBack });
    } finally {
      await closeAll(executors);
    }
  }

  /** There is no task after all: the worker, if one was started, is ended at once. */
  async abandon(): Promise<void> {
    const { workers, executors } = this.#parts;
    try {
      await workers.stop({ atOnce: true });
    } catch {
      // Why there is no task says more.
    } finally {
      await closeAll(executors);
    }
  }
}

function isUnknownType(error: unknown): boolean {
  return error instanceof ClxError && error.code === "unknown_worker_type";
}
