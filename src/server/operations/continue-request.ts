import type { AgentBudget, AgentRequest } from "../../agent/agent-task.ts";
import type { Task } from "../../domain/task.ts";
import type { TaskRequest } from "../schemas/task-request.ts";

/** A request that goes on with a task's conversation, asked in everything else as that one was. */
export function continuing(
  task: Task,
  { instruction, budget }: { readonly instruction: string; readonly budget: AgentBudget },
): TaskRequest {
  const { queue, priority, retry, tags, timeoutMs, expectedMemory, payload } = task;
  const { options = {} } = payload as unknown as AgentRequest;
  // Its worktree goes with the conversation; another would be another place.
  const { worktree: _, budget: __, continueFromTaskId: ___, ...kept } = options;
  return {
    ...{ type: task.type, instruction, queue, priority, retry },
    options: {
      ...kept,
      continueFromTaskId: task.id,
      ...(Object.keys(budget).length > 0 && { budget }),
    },
    ...(tags !== undefined && { tags: [...tags] }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(expectedMemory !== undefined && { expectedMemory }),
  };
}
