import type { Task } from "../../domain/task.ts";
import { isFinal } from "../../domain/task-state.ts";
import type { StoredLogLine, TaskStore } from "../../store/task-store.ts";
import type { Feed } from "./feed.ts";
import type { SseMessage } from "./sse.ts";

const pageSize = 500;
const restMs = 100;

export interface TaskMessagesParams {
  readonly store: TaskStore;
  readonly feed: Feed;
  readonly taskId: string;
  /** The last log line that the reader has. */
  readonly afterLine: number;
  readonly signal: AbortSignal;
}

/** How one task gets on: its state, progress and log lines, and, when all of it is told, its end. */
export async function* taskMessages(
  params: TaskMessagesParams,
): AsyncGenerator<readonly SseMessage[]> {
  const { store, feed, taskId, signal } = params;
  const teller = new TaskTeller(params.afterLine);
  const topics = [`task:${taskId}`, `log:${taskId}`] as const;
  for await (const _ of feed.changes({ signal, restMs, topics })) {
    const task = await store.findTask(taskId);
    if (task === undefined) {
      yield [teller.end({ taskId, status: "deleted" })];
      return;
    }
    const ended = isFinal(task.state);
    if (!ended) yield teller.standing(task);
    yield* newLines(store, taskId, teller);
    if (!ended) continue;
    yield [...teller.standing(task), teller.end(endOf(task))];
    return;
  }
}

async function* newLines(
  store: TaskStore,
  taskId: string,
  teller: TaskTeller,
): AsyncGenerator<readonly SseMessage[]> {
  for (;;) {
    const after = teller.line;
    const { lines, dropped } = await store.logsOf({ taskId, after, limit: pageSize });
    yield teller.lines(lines, dropped);
    if (lines.length < pageSize) return;
  }
}

/** Says what has not been said yet. The id of each message is the last line told. */
class TaskTeller {
  line: number;
  #state = "";
  #progressAt = 0;

  constructor(afterLine: number) {
    this.line = afterLine;
  }

  standing(task: Task): SseMessage[] {
    const messages: SseMessage[] = [];
    const state = `${task.state} ${task.attempt} ${task.cancelRequestedAt}`;
    if (state !== this.#state) messages.push(this.#message("state", stateOf(task)));
    this.#state = state;
    const { progress } = task;
    if (progress !== undefined && progress.at !== this.#progressAt) {
      this.#progressAt = progress.at;
      messages.push(this.#message("progress", { ...progress, at: iso(progress.at) }));
    }
    return messages;
  }

  lines(lines: readonly StoredLogLine[], dropped: number): SseMessage[] {
    const missing = dropped > 0 ? [this.#message("dropped", { lines: dropped })] : [];
    const told = lines.map((line) => {
      this.line = line.cursor;
      return this.#message("log", { ...line, at: iso(line.at) });
    });
    return [...missing, ...told];
  }

  end(data: object): SseMessage {
    return this.#message("end", data);
  }

  #message(event: string, data: object): SseMessage {
    return { id: this.line, event, data };
  }
}

function stateOf(task: Task): object {
  const { id, state, attempt, workerId, startedAt, endedAt, cancelRequestedAt } = task;
  return {
    taskId: id,
    status: state,
    attempt,
    ...(workerId !== undefined && { workerId }),
    ...(startedAt !== undefined && { startedAt: iso(startedAt) }),
    ...(endedAt !== undefined && { completedAt: iso(endedAt) }),
    ...(cancelRequestedAt !== undefined && { cancelRequestedAt: iso(cancelRequestedAt) }),
  };
}

function endOf({ id, state, result, failure, cancelReason }: Task): object {
  return {
    taskId: id,
    status: state,
    ...(result !== undefined && { result }),
    ...(state === "failed" && failure && { error: { ...failure, code: failure.kind } }),
    ...(cancelReason !== undefined && { cancelReason }),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
