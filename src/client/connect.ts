import { AgentsClient, type Instruction } from "./agents-client.ts";
import { ApiError } from "./api-error.ts";
import { followTask, type TaskNews } from "./follow-task.ts";
import { Http } from "./http.ts";
import type {
  Health,
  Log,
  NewTask,
  Task,
  TaskFilter,
  TaskInFull,
  Worker,
  WorkersStatus,
} from "./shapes.ts";
import { WorkersClient } from "./workers-client.ts";

/**
 * A client of `clx serve`. Its types are those of the server's own schemas.
 *
 * ```ts
 * import { connect } from "clx/client";
 *
 * const clx = connect({ url: "http://127.0.0.1:5000", key: process.env.CLX_KEY });
 *
 * const task = await clx.submit({ type: "command", payload: { argv: ["./model", "--years", "30"] } });
 * for await (const news of clx.follow(task.taskId)) {
 *   if (news.kind === "log") console.log(news.line);
 *   if (news.kind === "progress") console.log(`${Math.round((news.fraction ?? 0) * 100)} %`);
 * }
 * const { status, result, error } = await clx.wait(task.taskId);
 *
 * for await (const { taskId } of clx.list({ status: "failed", tag: "nightly" })) {
 *   await clx.retry(taskId);
 * }
 * await clx.workers.add({ type: "simulation" }); // ApiError "admission_refused" when there is no room
 *
 * const mending = await clx.agents.submit({ instruction: "Mend the failing test", context: { workingDirectory } });
 * for await (const entry of clx.agents.follow(mending.taskId)) {
 *   if (entry.kind === "said") console.log(entry.text);
 *   if (entry.kind === "tool_used") console.log(`uses ${entry.tool}`);
 * }
 * await clx.agents.continue(mending.taskId, { instruction: "Now the linter" });
 * ```
 *
 * What is refused throws an {@link ApiError}: switch on its `code`. Reading, and submitting with a
 * `key`, is tried again when the connection is lost; anything is when the server says "not now".
 */
export function connect(params: ConnectParams = {}): Client {
  const { url = "http://127.0.0.1:5000", key, retries = 3 } = params;
  return new Client(new Http({ url, key, retries, fetch: params.fetch ?? fetch }));
}

export interface ConnectParams {
  readonly url?: string;
  readonly key?: string | undefined;
  /** 3 unless given. */
  readonly retries?: number;
  readonly fetch?: typeof fetch;
}

export {
  ApiError,
  type Health,
  type Instruction,
  type Log,
  type NewTask,
  type Task,
  type TaskFilter,
  type TaskInFull,
  type TaskNews,
  type Worker,
  type WorkersStatus,
};

interface Patience {
  readonly signal?: AbortSignal;
}

export class Client {
  readonly agents: AgentsClient;
  readonly workers: WorkersClient;
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
    this.agents = new AgentsClient(http);
    this.workers = new WorkersClient(http);
  }

  /** Resolves once it is durable; with `options.async: false`, once it has ended. */
  submit(task: NewTask, { signal }: Patience = {}): Promise<Task> {
    const isRepeatable = task.key !== undefined;
    return this.#http.json({
      method: "POST",
      path: "/api/tasks",
      body: task,
      isRepeatable,
      signal,
    });
  }

  /** All of them or none. */
  async submitMany(tasks: readonly NewTask[], { signal }: Patience = {}): Promise<Task[]> {
    const isRepeatable = tasks.every(({ key }) => key !== undefined);
    const call = { method: "POST", path: "/api/tasks/batch", body: { tasks } } as const;
    const answer = await this.#http.json<{ tasks: Task[] }>({ ...call, isRepeatable, signal });
    return answer.tasks;
  }

  get(taskId: string): Promise<TaskInFull> {
    return this.#http.json({ method: "GET", path: taskPath(taskId) });
  }

  /** All that fit, page by page as they are asked for. */
  async *list(filter: TaskFilter = {}): AsyncGenerator<Task> {
    let after: string | undefined;
    do {
      const query = { limit: 100, ...filter, after };
      const call = { method: "GET", path: "/api/tasks", query } as const;
      const page = await this.#http.json<{ tasks: Task[]; next?: string }>(call);
      yield* page.tasks;
      after = page.next;
    } while (after !== undefined);
  }

  logs(
    taskId: string,
    query: { after?: number; before?: number; tail?: number; limit?: number } = {},
  ): Promise<Log> {
    return this.#http.json({ method: "GET", path: `${taskPath(taskId)}/logs`, query });
  }

  /** What happens to it, as it happens, to its end. */
  follow(taskId: string, params: Patience & { after?: number } = {}): AsyncGenerator<TaskNews> {
    return followTask(this.#http, taskId, params);
  }

  /** Resolves with the task once it has ended, however it did. */
  async wait(taskId: string, { signal }: Patience = {}): Promise<TaskInFull> {
    for await (const _ of followTask(this.#http, taskId, { signal, after: endOfLog }));
    return await this.get(taskId);
  }

  cancel(taskId: string, reason?: string): Promise<{ status: Task["status"]; message: string }> {
    return this.#act(taskId, "cancel", { reason });
  }

  /** With `attempt`, only if that is still its latest. */
  retry(taskId: string, attempt?: number): Promise<Task> {
    return this.#act(taskId, "retry", { attempt });
  }

  /** Removes a task that has ended. */
  async delete(taskId: string): Promise<void> {
    await this.#http.json({ method: "DELETE", path: `${taskPath(taskId)}/record` });
  }

  async pause(scope: { queue?: string; type?: string; reason?: string } = {}): Promise<void> {
    await this.#http.json({ method: "POST", path: "/api/queue/pause", body: scope });
  }

  async resume(scope: { queue?: string; type?: string } = {}): Promise<void> {
    await this.#http.json({ method: "POST", path: "/api/queue/resume", body: scope });
  }

  health(): Promise<Health> {
    return this.#http.json({ method: "GET", path: "/health" });
  }

  #act<T>(taskId: string, what: string, body: object): Promise<T> {
    return this.#http.json({ method: "POST", path: `${taskPath(taskId)}/${what}`, body });
  }
}

/** Those who wait for the end alone need no lines. */
const endOfLog = Number.MAX_SAFE_INTEGER;

function taskPath(id: string): string {
  return `/api/tasks/${encodeURIComponent(id)}`;
}
