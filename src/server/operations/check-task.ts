import { knownTypes } from "../../config/pool-settings.ts";
import { isBuiltIn } from "../../config/schema/worker-types.ts";
import { ClxError } from "../../domain/errors.ts";
import { nearestName } from "../../domain/nearest-name.ts";
import type { NewTask } from "../../domain/task.ts";
import { liveWorkerStates } from "../../domain/worker-state.ts";
import { pathsIn } from "../../library/payload-paths.ts";
import { payloadSchemaOf } from "../../library/payload-schema.ts";
import { allowedFolder } from "../gate/allowed-folders.ts";
import type { Caller } from "../gate/caller.ts";
import { foldersOf } from "../outgoing/task-json.ts";
import { RequestError } from "../request-error.ts";
import type { ServerContext } from "../server-context.ts";

export interface CheckParams {
  readonly server: ServerContext;
  readonly caller: Caller;
  readonly allowUnknownType: boolean;
  /** Where it stands in a list of many. */
  readonly at?: number;
}

/**
 * What can be known to be wrong before a task is taken.
 *
 * @throws ClxError `unknown_worker_type`, `invalid_payload`, `folder_not_allowed`
 */
export async function checkTask(task: NewTask, params: CheckParams): Promise<void> {
  const { server, caller, allowUnknownType } = params;
  if (!allowUnknownType) await checkType(task.type, server);
  await checkPayload(task, params);
  const { allowedFolders } = server.settings;
  for (const folder of [...foldersOf(task.payload), ...pathsIn(task)]) {
    await allowedFolder({ folder, allowedFolders, caller });
  }
}

/** Known is what ships, what is configured, and what somebody works at now. */
async function checkType(type: string, server: ServerContext): Promise<void> {
  const { config, workforce, store } = server;
  const named = new Set([...knownTypes(config), ...workforce.types]);
  if (isBuiltIn(type) || named.has(type)) return;
  const workers = await store.listWorkers({ states: liveWorkerStates });
  for (const worker of workers) named.add(worker.type);
  if (named.has(type)) return;
  const meant = nearestName(type, named);
  const hint =
    meant === undefined ? `known are ${[...named].join(", ")}` : `did you mean ${meant}?`;
  throw new ClxError(
    "unknown_worker_type",
    `nobody here works at tasks of type ${JSON.stringify(type)}; ${hint} (allowUnknownType: true takes the task all the same)`,
  );
}

async function checkPayload(
  { type, payload }: NewTask,
  { server, at }: CheckParams,
): Promise<void> {
  const checked = await payloadSchemaOf(type, server.config)?.["~standard"].validate(payload);
  if (checked?.issues === undefined) return;
  const fields = checked.issues.map(({ path = [], message }) => ({
    field: ["payload", ...path.map(stepName)].join("."),
    message,
  }));
  const which = at === undefined ? "" : `task ${at + 1}: `;
  throw new RequestError("invalid_payload", {
    message: which + fields.map(({ message }) => message).join("; "),
    facts: { ...(at !== undefined && { task: at }), fields },
  });
}

function stepName(step: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof step === "object" ? step.key : step);
}
