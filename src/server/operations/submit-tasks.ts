import type { Submitted } from "../../store/task-store.ts";
import type { Caller } from "../gate/caller.ts";
import type { TaskRequest } from "../schemas/task-request.ts";
import type { ServerContext } from "../server-context.ts";
import { compileTask } from "./compile-task.ts";

export interface SubmitParams {
  readonly server: ServerContext;
  readonly caller: Caller;
  readonly requests: readonly TaskRequest[];
}

/** Hands in all of the tasks or none of them, and resolves once they are durable. */
export async function submitTasks(params: SubmitParams): Promise<readonly Submitted[]> {
  const { server, requests } = params;
  const tasks = requests.map((request) => compileTask(request, server));
  return await server.store.submit({ tasks, now: server.clock.now() });
}
