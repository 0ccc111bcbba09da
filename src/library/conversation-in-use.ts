import type { AgentPayload, AgentResume } from "../agent/agent-task.ts";
import { ClxError } from "../domain/errors.ts";
import type { NewTask, Task } from "../domain/task.ts";
import { openTaskStates } from "../domain/task-state.ts";
import type { RetryParams, SubmitParams, Submitted, TaskStore } from "../store/task-store.ts";

/** What tells one conversation from another, in the payload of a task that goes on with it. */
const exclusive = ["resume.executor", "resume.sessionId"];

/**
 * Hands in tasks that may go on with conversations. Whether those are free is looked at again as the
 * tasks are added: another process may have been faster.
 *
 * @throws ClxError `conflict` that names the other task
 */
export async function submitAlone(
  store: TaskStore,
  params: SubmitParams,
): Promise<readonly Submitted[]> {
  if (!params.tasks.some(goesOn)) return await store.submit(params);
  try {
    return await store.submit({ ...params, exclusive });
  } catch (error) {
    if (isConflict(error)) await nameOther(store, params.tasks);
    throw error;
  }
}

/**
 * Lets a task run again, as {@link submitAlone} does.
 *
 * @throws ClxError `conflict` when another task goes on with its conversation meanwhile
 */
export async function retryAlone(store: TaskStore, params: RetryParams): Promise<Task> {
  const task = await store.findTask(params.taskId);
  if (task === undefined || !goesOn(task)) return await store.retry(params);
  try {
    return await store.retry({ ...params, exclusive });
  } catch (error) {
    if (isConflict(error)) await nameOther(store, [task]);
    throw error;
  }
}

function goesOn(task: Payloads): boolean {
  return resumeOf(task) !== undefined;
}

function isConflict(error: unknown): boolean {
  return error instanceof ClxError && error.code === "conflict";
}

/** In the words of conversations, unless the other has ended meanwhile. */
async function nameOther(
  store: TaskStore,
  tasks: readonly (Payloads & Pick<NewTask, "id" | "key">)[],
): Promise<void> {
  for (const task of tasks) {
    const resume = resumeOf(task);
    const other = resume && (await openTaskWith(store, resume));
    if (resume !== undefined && other !== undefined && other.id !== task.id) {
      throw inUse(resume, other);
    }
  }
}

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
  const isWanted = (task: Task) => {
    const resume = resumeOf(task);
    return resume?.executor === executor && resume.sessionId === sessionId;
  };
  const asked = { type: "agent", states: openTaskStates, text: sessionId, limit: 100 };
  for (let after: string | undefined; ; ) {
    const page = await store.listTasks({ ...asked, ...(after !== undefined && { after }) });
    const found = page.items.find(isWanted);
    if (found !== undefined || page.next === undefined) return found;
    after = page.next;
  }
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
