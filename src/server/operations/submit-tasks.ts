import type { NewTask } from "../../domain/task.ts";
import type { Submitted } from "../../store/task-store.ts";
import type { Caller } from "../gate/caller.ts";
import { RequestError } from "../request-error.ts";
import type { TaskRequest } from "../schemas/task-request.ts";
import type { ServerContext } from "../server-context.ts";
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
    const task = compileTask({ ...request, ...keyOf(params, at) }, server);
    const allowUnknownType = request.allowUnknownType === true;
    await checkTask(task, { server, caller, allowUnknownType, ...(!isOne && { at }) });
    tasks.push(task);
  }
  return await server.store.submit({ tasks, now: server.clock.now() });
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
