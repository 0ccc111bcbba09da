import { agentRequestSchema } from "../../agent/agent-schema.ts";
import type { Config } from "../../config/config.ts";
import type { JsonValue } from "../../domain/json.ts";
import { checkInput, fieldName } from "../incoming/check-input.ts";
import { RequestError } from "../request-error.ts";
import type { TaskRequest } from "../schemas/task-request.ts";
import { type ReadOptions, readAgentOptions } from "./agent-options.ts";

/** Whether instructions are for the workers that ship: a module of somebody's own may take other words. */
export function isAgentOfOurs(type: string, { ownTypes }: Pick<Config, "ownTypes">): boolean {
  return type === "agent" && !ownTypes.includes(type);
}

/**
 * What an agent gets of a request: its payload, or what the instruction, its context and its
 * options come to.
 *
 * @param at where it stands in a list of many
 * @throws RequestError `invalid_value` in the words of the request
 */
export function agentPayload(request: TaskRequest, at: number | undefined): JsonValue {
  try {
    return made(request);
  } catch (error) {
    throw ofTask(error, at);
  }
}

function made(request: TaskRequest): JsonValue {
  const { instruction, context, options: given, payload } = request;
  if (instruction === undefined) return payload as JsonValue;
  const { options, saidAs } = readAgentOptions(given ?? {});
  const wish = {
    instruction,
    ...(context !== undefined && { context }),
    ...(Object.keys(options).length > 0 && { options }),
  };
  checkInput(agentRequestSchema, wish, "body", (path) => spelled(path, saidAs));
  return wish as JsonValue;
}

/** Of many tasks, the one that is wrong is told. */
function ofTask(error: unknown, at: number | undefined): unknown {
  if (at === undefined || !(error instanceof RequestError)) return error;
  const { code, message, headers, facts } = error;
  return new RequestError(code, {
    message: `task ${at + 1}: ${message}`,
    headers,
    facts: { task: at, ...facts },
  });
}

/** As the client has spelled it. */
function spelled(path: readonly PropertyKey[], saidAs: ReadOptions["saidAs"]): string {
  const [first, ...rest] = path;
  if (first !== "options") return fieldName(path);
  for (let length = rest.length; length > 0; length--) {
    const said = saidAs.get(rest.slice(0, length).join("."));
    if (said !== undefined)
      return fieldName(["options", ...said.split("."), ...rest.slice(length)]);
  }
  return fieldName(path);
}
