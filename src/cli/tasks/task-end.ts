import { isAgentResult } from "../../agent/continue-task.ts";
import type { Task } from "../../domain/task.ts";
import { span } from "../../domain/time-words.ts";

/** 0 when it completed, 1 when it did not. */
export function exitCodeOf({ state }: Task): number {
  return state === "completed" ? 0 : 1;
}

/** How a task ended, in one sentence. */
export function endWords(task: Task): string {
  const took =
    task.startedAt === undefined || task.endedAt === undefined
      ? ""
      : ` after ${span(task.endedAt - task.startedAt)}`;
  if (task.state === "failed") {
    const which = task.attempt > 1 ? ` on attempt ${task.attempt}` : "";
    return `task ${task.id} failed${which}${took}: ${task.failure?.message ?? "no reason is known"}`;
  }
  if (task.state === "cancelled") {
    return `task ${task.id} was cancelled${took}: ${task.cancelReason ?? "no reason is known"}`;
  }
  return `task ${task.id} ${task.state}${took}`;
}

/** Its result as JSON, if it gave one: that a program ended well is none, an agent's is what it said. */
export function resultOf({ type, result }: Task): string | undefined {
  if (result === undefined || result === null) return undefined;
  if (type === "agent" && isAgentResult(result)) return result.text;
  const text = JSON.stringify(result);
  return type === "command" && text === '{"exitCode":0}' ? undefined : text;
}
