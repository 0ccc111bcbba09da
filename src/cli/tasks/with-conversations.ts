import type { AgentRequest } from "../../agent/agent-task.ts";
import type { JsonValue } from "../../domain/json.ts";
import type { NewTask } from "../../domain/task.ts";
import { resumePayload, withConversation } from "../../library/continue-agent.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { findTask } from "../find-by-prefix.ts";
import type { PayloadOfType } from "./payload.ts";

/** Tasks of agents, with the conversations that they go on with: of tasks named by how their ids begin. */
export async function withConversations(
  store: TaskStore,
  tasks: readonly NewTask[],
): Promise<readonly NewTask[]> {
  const whole: NewTask[] = [];
  for (const task of tasks) {
    const payload = await named(store, task.payload);
    whole.push(await withConversation(store, { ...task, payload }));
  }
  return whole;
}

/** The same for tasks of several types, of a session that ends with its command. */
export async function resumed(
  store: TaskStore,
  tasks: readonly PayloadOfType[],
): Promise<readonly PayloadOfType[]> {
  const whole: PayloadOfType[] = [];
  for (const { type, payload } of tasks) {
    const isAgents = type === "agent";
    const found = isAgents ? await resumePayload(store, await named(store, payload)) : { payload };
    whole.push({ type, payload: found.payload });
  }
  return whole;
}

async function named(store: TaskStore, payload: JsonValue): Promise<JsonValue> {
  const request = payload as unknown as AgentRequest;
  const prefix = request.options?.continueFromTaskId;
  if (prefix === undefined) return payload;
  const continueFromTaskId = (await findTask(store, prefix)).id;
  return {
    ...request,
    options: { ...request.options, continueFromTaskId },
  } as unknown as JsonValue;
}
