import { knownTypes } from "../../config/pool-settings.ts";
import { workFolders } from "../../config/work-folders.ts";
import { TaskNotFoundError } from "../../domain/errors.ts";
import { explainWait } from "../../domain/explain-wait.ts";
import type { Task } from "../../domain/task.ts";
import { isFinal } from "../../domain/task-state.ts";
import { retryAlone } from "../../library/conversation-in-use.ts";
import { removeCheckpoint } from "../../machine/checkpoint-folder.ts";
import { gatherWaitFacts } from "../../overview/wait-facts.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { Caller } from "../gate/caller.ts";
import type { ServerContext } from "../server-context.ts";

/** What the API and the pages do to one task. */

/** @throws TaskNotFoundError */
export async function findTask(store: TaskStore, id: string): Promise<Task> {
  const task = await store.findTask(id);
  if (task === undefined) throw new TaskNotFoundError(id);
  return task;
}

/** One sentence; undefined for tasks that do not wait. */
export async function whyItWaits(server: ServerContext, task: Task): Promise<string | undefined> {
  if (isFinal(task.state) || task.state === "running") return undefined;
  const { store, config, clock, workforce } = server;
  const types = [...new Set([...knownTypes(config), ...workforce.types])];
  const facts = await gatherWaitFacts({ store, now: clock.now(), knownTypes: types }, task);
  const poolTrouble = facts.poolTrouble ?? server.lackOf?.(task.type);
  return explainWait(task, { ...facts, ...(poolTrouble !== undefined && { poolTrouble }) });
}

export interface CancelParams {
  readonly taskId: string;
  readonly caller: Caller;
  readonly reason?: string | undefined;
}

/** At once, or for a running task as soon as its worker has stopped it. */
export async function cancelTask(
  { store, clock }: ServerContext,
  { taskId, caller, reason = `cancelled by ${caller.name}` }: CancelParams,
): Promise<Task> {
  return await store.cancel({ taskId, reason, now: clock.now() });
}

/** @param attempt the one that was seen: a stale wish does nothing */
export async function retryTask(
  { store, clock }: ServerContext,
  { taskId, attempt }: { readonly taskId: string; readonly attempt?: number | undefined },
): Promise<Task> {
  const now = clock.now();
  return await retryAlone(store, { taskId, now, ...(attempt !== undefined && { attempt }) });
}

/** Removes a task that has ended, with its attempts, log lines and checkpoint. */
export async function deleteTask(server: ServerContext, taskId: string): Promise<void> {
  const { store, settings, clock } = server;
  await store.deleteTask({ taskId, now: clock.now() });
  await removeCheckpoint(workFolders(settings.databasePath).checkpointFolder, taskId);
}
