import type { Task } from "../domain/task.ts";
import { isFinal } from "../domain/task-state.ts";
import { decodeEntry } from "./agent-entry.ts";
import { defaultAgent } from "./agent-settings.ts";
import type { AgentPayload, AgentResult, AgentResume } from "./agent-task.ts";

export type Continuation =
  | { readonly kind: "possible"; readonly resume: AgentResume }
  | { readonly kind: "impossible"; readonly reason: string };

/**
 * What another task needs to go on with the conversation of this one: from its result, or, when
 * it ended without any, from its log.
 *
 * @param log the lines of its stream `log`, oldest first
 */
export function continuationOf(task: Task, log: readonly string[]): Continuation {
  if (task.type !== "agent") {
    return impossible(`task ${task.id} is of type ${task.type}; only an agent's can be continued`);
  }
  if (!isFinal(task.state)) {
    return impossible(`task ${task.id} is ${task.state}; wait for its end, or cancel it first`);
  }
  const found = conversationOf(task, log);
  if (found !== undefined) return { kind: "possible", resume: found };
  return impossible(
    `task ${task.id} ended before its agent had begun a conversation; submit its instruction again`,
  );
}

/** The conversation of an agent's task, once it has begun; parameters as of {@link continuationOf}. */
export function conversationOf(task: Task, log: readonly string[]): AgentResume | undefined {
  return fromResult(task) ?? fromLog(task, log);
}

function impossible(reason: string): Continuation {
  return { kind: "impossible", reason };
}

function fromResult(task: Task): AgentResume | undefined {
  const { id, result } = task;
  if (!isAgentResult(result) || result.sessionId === undefined) return undefined;
  const { executor, sessionId, folder, worktree, usage } = result;
  return {
    ...{ fromTaskId: id, executor, sessionId, folder },
    ...(worktree !== undefined && { worktree }),
    ...costBefore(task, usage.costUsd),
  };
}

/** Of the whole conversation: the task itself may have gone on with one. */
function costBefore({ payload }: Task, own: number | undefined) {
  const earlier = (payload as unknown as AgentPayload).resume?.costUsdBefore;
  if (own === undefined && earlier === undefined) return {};
  return { costUsdBefore: (earlier ?? 0) + (own ?? 0) };
}

export function isAgentResult(value: unknown): value is AgentResult {
  if (typeof value !== "object" || value === null) return false;
  const { executor, folder, end, usage } = value as Partial<AgentResult>;
  const isText = typeof executor === "string" && typeof folder === "string";
  return isText && typeof end === "object" && typeof usage === "object";
}

/** The latest conversation that the log tells of; an earlier attempt's may be in it too. */
function fromLog(task: Task, log: readonly string[]): AgentResume | undefined {
  let place: Pick<AgentResume, "executor" | "folder" | "worktree"> | undefined;
  let sessionId: string | undefined;
  let costUsd: number | undefined;
  for (const line of log) {
    const entry = decodeEntry(line);
    if (entry?.kind === "started") {
      const { executor, folder, worktree } = entry;
      place = { executor, folder, ...(worktree !== undefined && { worktree }) };
      sessionId = entry.sessionId;
      costUsd = undefined;
    } else if (entry?.kind === "session") {
      sessionId = entry.sessionId;
    } else if (entry?.kind === "used" || entry?.kind === "ended") {
      costUsd = entry.usage.costUsd;
    }
  }
  if (place === undefined || sessionId === undefined) return undefined;
  return { fromTaskId: task.id, sessionId, ...place, ...costBefore(task, costUsd) };
}

/** The agent that a request is for. */
export function executorOf({ options, resume }: AgentPayload): string {
  return options?.executor ?? resume?.executor ?? defaultAgent;
}
