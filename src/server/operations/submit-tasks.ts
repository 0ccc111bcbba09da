import type { AgentPayload } from "../../agent/agent-task.ts";
import { flawOfRequest } from "../../agent/check-request.ts";
import { resolveAgents } from "../../config/agents.ts";
import { ClxError } from "../../domain/errors.ts";
import type { NewTask } from "../../domain/task.ts";
import { folderOfConversation, withConversation } from "../../library/continue-agent.ts";
import { refuseSharedConversations, submitAlone } from "../../library/conversation-in-use.ts";
import type { Submitted } from "../../store/task-store.ts";
import { allowedFolder } from "../gate/allowed-folders.ts";
import type { Caller } from "../gate/caller.ts";
import { RequestError } from "../request-error.ts";
import type { TaskRequest } from "../schemas/task-request.ts";
import type { ServerContext } from "../server-context.ts";
import { isAgentOfOurs } from "./agent-payload.ts";
import { checkTask } from "./check-task.ts";
import { compileTask } from "./compile-task.ts";

export interface SubmitParams {
  readonly server: ServerContext;
  readonly caller: Caller;
  readonly requests: readonly TaskRequest[];
  /** Of the whole request: its header `Idempotency-Key`. */
  readonly key?: string | undefined;
}

/** Hands in all of the tasks or none of them, and resolves once they are durable. */
export async function submitTasks(params: SubmitParams): Promise<readonly Submitted[]> {
  const { server, caller, requests } = params;
  const isOne = requests.length === 1;
  const tasks: NewTask[] = [];
  for (const [at, request] of requests.entries()) {
    const which = isOne ? {} : { at };
    const task = compileTask({ ...request, ...keyOf(params, at) }, { server, ...which });
    const allowUnknownType = request.allowUnknownType === true;
    await checkTask(task, { server, caller, allowUnknownType, ...which });
    tasks.push(task);
  }
  return await handInChecked(tasks, params);
}

async function handInChecked(
  tasks: readonly NewTask[],
  params: SubmitParams,
): Promise<readonly Submitted[]> {
  const { store, config, clock } = params.server;
  const whole: NewTask[] = [];
  for (const [at, task] of tasks.entries()) {
    whole.push(isAgentOfOurs(task.type, config) ? await goingOn(task, params, at) : task);
  }
  if (isAgentOfOurs("agent", config)) refuseSharedConversations(whole);
  return await submitAlone(store, { tasks: whole, now: clock.now() });
}

/**
 * With the conversation that it goes on with, whose folder must still be allowed, and for an agent
 * that is there.
 */
async function goingOn(
  task: NewTask,
  { server, caller, requests }: SubmitParams,
  at: number,
): Promise<NewTask> {
  const { store, settings, config } = server;
  const whole = await withConversation(store, task);
  const payload = whole.payload as unknown as AgentPayload;
  const flaw = flawOfRequest(payload, resolveAgents(config));
  if (flaw !== undefined && requests[at]?.allowUnknownType !== true) {
    const which = requests.length === 1 ? "" : `task ${at + 1}: `;
    throw new ClxError("invalid_value", which + flaw);
  }
  const folder = payload.resume && (await folderOfConversation(store, payload));
  const { allowedFolders } = settings;
  if (folder !== undefined) await allowedFolder({ folder, allowedFolders, caller });
  return whole;
}

/** A request that is sent twice must mean the same tasks, so each of many has a key of its own. */
function keyOf({ requests, key }: SubmitParams, at: number): { key?: string } {
  const own = requests[at]?.key;
  if (key === undefined) return own === undefined ? {} : { key: own };
  if (own === undefined) return { key: requests.length === 1 ? key : `${key}#${at}` };
  if (own === key || requests.length > 1) return { key: own };
  throw new RequestError("invalid_value", {
    message: `the header Idempotency-Key (${key}) and the key of the task (${own}) differ; send one of them`,
  });
}
