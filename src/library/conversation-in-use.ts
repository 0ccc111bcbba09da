import type { AgentPayload, AgentResume } from "../agent/agent-task.ts";
import { ClxError } from "../domain/errors.ts";
import type { NewTask, Task } from "../domain/task.ts";
import { openTaskStates } from "../domain/task-state.ts";
import type { TaskStore } from "../store/task-store.ts";

/**
 * One task at a time goes on with a conversation: two at once would each miss what the other says,
 * and write over it.
 *
 * @param key with which the task is handed in: sent twice, it is the same task
 * @throws ClxError `conflict` that names the other task
 */
export async function refuseConversationInUse(
  store: TaskStore,
  resume: AgentResume,
  key?: string,
): Promise<void> {
  const other = await openTaskWith(store, resume);
  if (other === undefined || (key !== undefined && other.key === key)) return;
  throw inUse(resume, other);
}

/**
 * Before a task runs again.
 *
 * @throws ClxError `conflict` when another task goes on with its conversation meanwhile
 */
export async function refuseToRetryInUse(store: TaskStore, taskId: string): Promise<void> {
  const task = await store.findTask(taskId);
  const resume = task && resumeOf(task);
  if (resume === undefined) return;
  const other = await openTaskWith(store, resume);
  if (other !== undefined && other.id !== taskId) throw inUse(resume, other);
}

/**
 * Of tasks that are handed in together.
 *
 * @throws ClxError `conflict` when two of them go on with one conversation
 */
export function refuseSharedConversations(tasks: readonly Payloads[]): void {
  const first = new Map<string, number>();
  for (const [at, task] of tasks.entries()) {
    const resume = resumeOf(task);
    if (resume === undefined) continue;
    const before = first.get(resume.sessionId);
    if (before !== undefined) throw shared(resume, [before, at]);
    first.set(resume.sessionId, at);
  }
}

type Payloads = Pick<NewTask, "type" | "payload">;

function resumeOf({ type, payload }: Payloads): AgentResume | undefined {
  return type === "agent" ? (payload as Partial<AgentPayload> | null)?.resume : undefined;
}

/** The task that goes on with a conversation and has not ended. */
async function openTaskWith(
  store: TaskStore,
  { executor, sessionId }: AgentResume,
): Promise<Task | undefined> {
  const { items } = await store.listTasks({
    ...{ type: "agent", states: openTaskStates, text: sessionId, limit: 100 },
  });
  return items.find((task) => {
    const resume = resumeOf(task);
    return resume?.executor === executor && resume.sessionId === sessionId;
  });
}

function inUse({ fromTaskId }: AgentResume, { id, state }: Task): ClxError {
  return new ClxError(
    "conflict",
    `the conversation of task ${fromTaskId} goes on in task ${id} already, which is ${state}; continue that one when it has ended, or cancel it first`,
  );
}

function shared({ fromTaskId }: AgentResume, [one, other]: readonly [number, number]): ClxError {
  return new ClxError(
    "conflict",
    `tasks ${one + 1} and ${other + 1} both go on with the conversation of task ${fromTaskId}; submit the second when the first has ended, as a continuation of that one`,
  );
}
