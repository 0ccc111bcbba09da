import type { AgentPayload, AgentRequest } from "../../agent/agent-task.ts";
import { flawOfRequest } from "../../agent/check-request.ts";
import { resolveAgents } from "../../config/agents.ts";
import type { Config } from "../../config/config.ts";
import { ClxError } from "../../domain/errors.ts";
import type { JsonValue } from "../../domain/json.ts";
import type { NewTask } from "../../domain/task.ts";
import { resumePayload, withConversation } from "../../library/continue-agent.ts";
import { refuseSharedConversations } from "../../library/conversation-in-use.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { findTask } from "../find-by-prefix.ts";
import type { PayloadOfType } from "./payload.ts";

interface Sources {
  readonly store: TaskStore;
  readonly config: Config;
}

/** An agent that is not there, or an option that has no effect on it. */
function refuseFlaw(payload: JsonValue, config: Config): void {
  const flaw = flawOfRequest(payload as unknown as AgentPayload, resolveAgents(config));
  if (flaw !== undefined) throw new ClxError("invalid_value", flaw);
}

/** Tasks of agents, with the conversations that they go on with: of tasks named by how their ids begin. */
export async function withConversations(
  { store, config }: Sources,
  tasks: readonly NewTask[],
): Promise<readonly NewTask[]> {
  const whole: NewTask[] = [];
  for (const task of tasks) {
    const payload = await named(store, task.payload);
    whole.push(await withConversation(store, { ...task, payload }));
  }
  for (const { payload } of whole) refuseFlaw(payload, config);
  refuseSharedConversations(whole);
  return whole;
}

/** The same for tasks of several types, of a session that ends with its command. */
export async function resumed(
  { store, config }: Sources,
  tasks: readonly PayloadOfType[],
): Promise<readonly PayloadOfType[]> {
  const whole: PayloadOfType[] = [];
  for (const { type, payload } of tasks) {
    if (type !== "agent") whole.push({ type, payload });
    else {
      const found = await resumePayload(store, { payload: await named(store, payload) });
      refuseFlaw(found.payload, config);
      whole.push({ type, payload: found.payload });
    }
  }
  refuseSharedConversations(whole);
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
