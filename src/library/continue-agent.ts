import type { AgentPayload, AgentRequest } from "../agent/agent-task.ts";
import { continuationOf } from "../agent/continue-task.ts";
import { ClxError } from "../domain/errors.ts";
import type { JsonValue } from "../domain/json.ts";
import type { NewTask, Task } from "../domain/task.ts";
import type { TaskStore } from "../store/task-store.ts";
import { refuseConversationInUse } from "./conversation-in-use.ts";
import { conversationLog } from "./conversation-log.ts";

/**
 * What an agent's task is in the queue: with the conversation that it goes on with, if it goes on
 * with one. It comes after the task that had the conversation, and so both know of each other.
 *
 * @throws ClxError `invalid_value` when there is no such task, `conflict` when it cannot be
 * continued, or when another task goes on with its conversation already
 */
export async function withConversation(store: TaskStore, task: NewTask): Promise<NewTask> {
  const { payload, before } = await resumePayload(store, task);
  return before === undefined ? task : { ...task, ...comesAfter(task, before), payload };
}

/** @throws ClxError as {@link withConversation} */
export async function resumePayload(
  store: TaskStore,
  { payload, key }: Pick<NewTask, "payload" | "key">,
): Promise<{ readonly payload: JsonValue; readonly before?: Task }> {
  const request = payload as unknown as AgentRequest;
  const id = request.options?.continueFromTaskId;
  if (id === undefined) return { payload };
  const before = await store.findTask(id);
  if (before === undefined) {
    throw new ClxError(
      "invalid_value",
      `options.continueFromTaskId names no task: there is none with the id ${JSON.stringify(id)}`,
    );
  }
  const lines = await conversationLog(store, id);
  const log = lines.filter(({ stream }) => stream === "log").map(({ line }) => line);
  const found = continuationOf(before, log);
  if (found.kind === "impossible") throw new ClxError("conflict", found.reason);
  const { resume } = found;
  await refuseConversationInUse(store, resume, key);
  const whole: AgentPayload = { ...request, resume };
  return { payload: whole as unknown as JsonValue, before };
}

/** Unless what the task waits for besides would skip it because of how that one has ended. */
function comesAfter(
  { after, onDependencyFailure }: NewTask,
  { id, state }: Task,
): Pick<NewTask, "after" | "onDependencyFailure"> {
  if (after.includes(id)) return { after, onDependencyFailure };
  if (after.length === 0) return { after: [id], onDependencyFailure: "run" };
  const isHarmless = onDependencyFailure === "run" || state === "completed";
  return { after: isHarmless ? [...after, id] : after, onDependencyFailure };
}

/**
 * The folder that somebody asked for when a conversation began, and in which it goes on;
 * `undefined` when nobody did and the agent works in a folder of the task's own.
 */
export async function folderOfConversation(
  store: TaskStore,
  payload: Pick<AgentPayload, "context" | "resume">,
): Promise<string | undefined> {
  let { context, resume } = payload;
  while (context?.workingDirectory === undefined && resume !== undefined) {
    const before = await store.findTask(resume.fromTaskId);
    // Nobody knows any more whether it was asked for.
    if (before === undefined) return resume.worktree?.repository ?? resume.folder;
    ({ context, resume } = before.payload as Pick<AgentPayload, "context" | "resume">);
  }
  return context?.workingDirectory;
}
