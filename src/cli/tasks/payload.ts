import { resolve } from "node:path";
import { ClxError } from "../../domain/errors.ts";
import type { JsonValue } from "../../domain/json.ts";
import { withAbsolutePaths } from "../../library/payload-paths.ts";
import type { PayloadSchema, SchemaIssue } from "../../worker/handler.ts";
import { readInput, readJson } from "../input/read-input.ts";
import { UsageError } from "../usage-error.ts";

export interface PayloadParams {
  /** What its user has typed behind `clx`. */
  readonly command: "submit" | "exec";
  readonly type: string;
  readonly json: string | undefined;
  readonly rest: readonly string[] | undefined;
  readonly values: {
    readonly bulk?: boolean;
    readonly cwd?: string;
    readonly env?: readonly string[];
    readonly stdin?: string;
  };
  readonly cwd: string;
}

const commandOnly = ["cwd", "env", "stdin"] as const;

/** What `submit` was given to do: one payload, or with --bulk many. */
export async function payloadsOf(params: PayloadParams): Promise<readonly JsonValue[]> {
  const { command, type, json, rest, values, cwd } = params;
  if (rest) return [await commandLine(params, rest)];
  const stray = commandOnly.find((name) => values[name] !== undefined);
  if (stray) throw new UsageError(`--${stray} is for "clx ${command} command -- PROG ARG…" only`);
  if (json === undefined || (type === "command" && !/^[@{[-]/.test(json)))
    throw nothingToDo(command, type);
  const given = await readJson(json, cwd);
  const payloads = (values.bulk ? asList(given) : [given]).map((payload) =>
    withAbsolutePaths({ type, payload }, cwd),
  );
  await checkPayloads(payloads.map((payload) => ({ type, payload })));
  return payloads;
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
