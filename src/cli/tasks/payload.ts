import { resolve } from "node:path";
import { ClxError } from "../../domain/errors.ts";
import type { JsonValue } from "../../domain/json.ts";
import { withAbsolutePaths } from "../../library/payload-paths.ts";
import type { PayloadSchema, SchemaIssue } from "../../worker/handler.ts";
import type { Given, OptionSpecs } from "../command.ts";
import { readInput, readJson } from "../input/read-input.ts";
import { UsageError } from "../usage-error.ts";
import { agentOptions, agentRequest, givenAgentOption } from "./agent-options.ts";

/** What a program or an agent is told beside its payload. */
export const payloadOptions = {
  cwd: { type: "string", value: "DIR", help: "command, agent: where it works (default: here)" },
  env: {
    type: "string",
    multiple: true,
    value: "NAME=VALUE",
    help: "command: added to its environment",
  },
  stdin: { type: "string", value: "FILE", help: "command: its standard input; - for ours" },
  ...agentOptions,
} as const satisfies OptionSpecs;

export interface PayloadParams {
  /** What its user has typed behind `clx`. */
  readonly command: "submit" | "exec";
  readonly type: string;
  readonly json: string | undefined;
  readonly rest: readonly string[] | undefined;
  readonly values: Given<typeof payloadOptions>["values"] & { readonly bulk?: boolean };
  readonly cwd: string;
}

const commandOnly = ["cwd", "env", "stdin"] as const;

/** What `submit` was given to do: one payload, or with --bulk many. */
export async function payloadsOf(params: PayloadParams): Promise<readonly JsonValue[]> {
  const { command, type, json, rest, values, cwd } = params;
  const ofAgents = givenAgentOption(values);
  if (ofAgents !== undefined && (type !== "agent" || rest)) {
    throw new UsageError(`--${ofAgents} is for "clx ${command} agent INSTRUCTION" only`);
  }
  if (rest) return [await commandLine(params, rest)];
  const told = type === "agent" ? await toldTo(params) : { json };
  if ("instruction" in told) return [await instructed(told.instruction, params)];
  if (ofAgents !== undefined) {
    throw new UsageError(`--${ofAgents} stands with an instruction; put it into the JSON`);
  }
  const stray = commandOnly.find((name) => values[name] !== undefined);
  if (stray) throw new UsageError(`--${stray} is for "clx ${command} command -- PROG ARG…" only`);
  if (told.json === undefined || (type === "command" && !/^[@{[-]/.test(told.json)))
    throw nothingToDo(command, type);
  const given = await readJson(told.json, cwd);
  const payloads = (values.bulk ? asList(given) : [given]).map((payload) =>
    withAbsolutePaths({ type, payload }, cwd),
  );
  await checkPayloads(payloads.map((payload) => ({ type, payload })));
  return payloads;
}

type Told = { readonly instruction: string } | { readonly json: string | undefined };

/** Of an agent's task: what it is told in words, or its payload as JSON. */
async function toldTo({ json, values, cwd, command }: PayloadParams): Promise<Told> {
  if (json === undefined) {
    throw new UsageError(
      `the instruction is missing; write: clx ${command} agent "Mend the failing test", or @file, or -`,
    );
  }
  if (values.bulk) return { json };
  const isRead = /^@.|^-$/.test(json);
  const text = isRead ? await readInput(json.replace(/^@/, ""), cwd) : json;
  return /^\s*\{/.test(text) ? { json: text } : { instruction: text.trim() };
}

async function instructed(
  instruction: string,
  { command, values, cwd }: PayloadParams,
): Promise<JsonValue> {
  const stray = (["env", "stdin"] as const).find((name) => values[name] !== undefined);
  if (stray) throw new UsageError(`--${stray} is for "clx ${command} command -- PROG ARG…" only`);
  const payload = agentRequest(instruction, { values, cwd }) as unknown as JsonValue;
  await checkPayloads([{ type: "agent", payload }]);
  return payload;
}

async function commandLine(
  { command, type, json, values, cwd }: PayloadParams,
  argv: readonly string[],
): Promise<JsonValue> {
  if (type !== "command") {
    throw new UsageError(
      `a program after "--" is for "clx ${command} command"; a task of type "${type}" takes JSON`,
    );
  }
  if (json !== undefined) throw new UsageError(`"${json}" must stand behind the "--"`);
  if (argv.length === 0) throw new UsageError('no program follows the "--"');
  if (argv[0] === "") throw new UsageError('the program that follows the "--" is empty');
  return {
    argv,
    cwd: resolve(cwd, values.cwd ?? "."),
    ...(values.env && { env: environment(values.env) }),
    ...(values.stdin !== undefined && { stdin: await readInput(values.stdin, cwd) }),
  };
}

function environment(pairs: readonly string[]): Record<string, string> {
  const entries = pairs.map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw new UsageError(`--env is "${pair}", but must be NAME=VALUE`);
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return Object.fromEntries(entries);
}

function nothingToDo(command: string, type: string): UsageError {
  return new UsageError(
    type === "command"
      ? `no program follows a "--"; write: clx ${command} command -- PROG ARG…`
      : `the payload is missing; write: clx ${command} ${type} '{"key": "value"}', or @file, or -`,
  );
}

function asList(given: JsonValue): readonly JsonValue[] {
  if (!Array.isArray(given)) throw new UsageError("--bulk needs a JSON array of payloads");
  return given as readonly JsonValue[];
}

export interface PayloadOfType {
  readonly type: string;
  readonly payload: JsonValue;
}

type Schema = PayloadSchema<unknown>;

/** Loaded for the types that are submitted, and for no others. */
const schemas: Readonly<Record<string, () => Promise<Schema>>> = {
  agent: async () => (await import("../../agent/agent-schema.ts")).agentRequestSchema,
  command: async () => (await import("../../workers/command/command-payload.ts")).commandSchema,
  drawio: async () => (await import("../../workers/drawio/drawio-payload.ts")).drawioSchema,
  notebook: async () => (await import("../../workers/notebook/notebook-payload.ts")).notebookSchema,
  plantuml: async () => (await import("../../workers/plantuml/plantuml-payload.ts")).plantumlSchema,
};

/** A type of ours can be checked before the task is stored; others are checked by their workers. */
export async function checkPayloads(tasks: readonly PayloadOfType[]): Promise<void> {
  for (const [at, { type, payload }] of tasks.entries()) {
    const schema = Object.hasOwn(schemas, type) ? await schemas[type]?.() : undefined;
    const { issues } = (await schema?.["~standard"].validate(payload)) ?? {};
    if (!issues) continue;
    const which = tasks.length > 1 ? `payload ${at + 1} of ${tasks.length}: ` : "";
    throw new ClxError("invalid_payload", `${which}${issues.map(faultOf).join("; ")}`);
  }
}

/** Our own checks name the field themselves. */
function faultOf({ message, path = [] }: SchemaIssue): string {
  const steps = path.map((step) => String(typeof step === "object" ? step.key : step));
  return steps.length === 0 ? message : `${steps.join(".")}: ${message}`;
}
