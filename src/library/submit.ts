import type { AgentRequest } from "../agent/agent-task.ts";
import { ClxError } from "../domain/errors.ts";
import { newId } from "../domain/ids.ts";
import type { JsonValue } from "../domain/json.ts";
import { plausibleTimes } from "../domain/plausible-time.ts";
import { defaultRetry, type NewTask, type RetryPolicy, type Task } from "../domain/task.ts";
import type { Submitted, TaskStore } from "../store/task-store.ts";

/** A task as somebody asks for it: what is not said has a default. */
export interface TaskRequest {
  readonly type: string;
  readonly payload: JsonValue;
  /** "default" if absent. */
  readonly queue?: string;
  /** Higher first; 0 if absent. */
  readonly priority?: number;
  /** Not before this time. */
  readonly runAt?: Date;
  readonly retry?: Partial<RetryPolicy>;
  /** How long one attempt may run; absent: for ever. */
  readonly timeoutMs?: number;
  readonly expectedMemory?: number;
  readonly sessionId?: string;
  /** A second submit with the same key returns the first one's task. */
  readonly key?: string;
  /** Ids of tasks that must have ended first. */
  readonly after?: readonly string[];
  readonly onDependencyFailure?: "skip" | "run";
}

/** Hands in a task, and resolves once it is durable. */
export async function submit(store: TaskStore, request: TaskRequest): Promise<Task> {
  const [task] = await submitAll(store, [request]);
  if (!task) throw new Error("the store answered without the task");
  return task;
}

/** Hands in all of the tasks or none of them. */
export async function submitAll(
  store: TaskStore,
  requests: readonly TaskRequest[],
): Promise<readonly Task[]> {
  const now = Date.now();
  const tasks = requests.map((request) => completed(request, now));
  const submitted = tasks.some(continuesAgent)
    ? await submitContinuing(store, tasks, now)
    : await store.submit({ tasks, now });
  return submitted.map(({ task }) => task);
}

function continuesAgent({ type, payload }: NewTask): boolean {
  const { options } = (payload ?? {}) as Partial<AgentRequest>;
  return type === "agent" && options?.continueFromTaskId !== undefined;
}

async function submitContinuing(
  store: TaskStore,
  tasks: readonly NewTask[],
  now: number,
): Promise<readonly Submitted[]> {
  const [{ withConversation }, { refuseSharedConversations, submitAlone }] = await Promise.all([
    import("./continue-agent.ts"),
    import("./conversation-in-use.ts"),
  ]);
  const whole: NewTask[] = [];
  for (const task of tasks) {
    whole.push(continuesAgent(task) ? await withConversation(store, task) : task);
  }
  refuseSharedConversations(whole);
  return await submitAlone(store, { tasks: whole, now });
}

function completed({ runAt, retry, ...request }: TaskRequest, now: number): NewTask {
  return {
    queue: "default",
    priority: 0,
    after: [],
    onDependencyFailure: "skip",
    ...request,
    id: newId(now),
    retry: { ...defaultRetry, ...retry },
    ...(runAt !== undefined && { runAt: timeOf(runAt) }),
  };
}

function timeOf(runAt: Date): number {
  const time = runAt.getTime();
  if (time >= plausibleTimes.first) return time;
  const given = Number.isNaN(time) ? "no date" : runAt.toISOString();
  throw new ClxError(
    "invalid_value",
    `runAt is ${given}; it must not be before 2001 (a Date is made of milliseconds, not of seconds)`,
  );
}
