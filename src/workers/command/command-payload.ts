import { isAbsolute } from "node:path";
import { nearestName } from "../../domain/nearest-name.ts";
import type { PayloadSchema, SchemaIssue } from "../../worker/handler.ts";

export interface CommandPayload {
  /** The program and its arguments, as they are: no shell looks at them. */
  readonly argv: readonly [string, ...string[]];
  /** Absolute. By default the worker's own. */
  readonly cwd?: string;
  /** Added to what is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it gets the worker's environment; by default it does. */
  readonly inheritEnv?: boolean;
  /** Written to its standard input, which then ends. */
  readonly stdin?: string;
  /** How long it has between SIGTERM and SIGKILL; never longer than the stop itself allows. */
  readonly killGraceMs?: number;
}

type Check = (value: unknown) => string | undefined;

const checks: Record<keyof CommandPayload, Check> = {
  argv: checkArgv,
  cwd: (value) =>
    typeof value === "string" && isAbsolute(value) && !value.includes("\0")
      ? undefined
      : 'must be an absolute path, such as "/srv/model"',
  env: checkEnv,
  inheritEnv: (value) => (typeof value === "boolean" ? undefined : "must be true or false"),
  stdin: (value) => (typeof value === "string" ? undefined : "must be a string"),
  killGraceMs: (value) =>
    typeof value === "number" && Number.isFinite(value) && value >= 0
      ? undefined
      : "must be a number of milliseconds, 0 or more",
};

/** Written by hand: a validation library would cost more of a worker's start than all the rest. */
export const commandSchema: PayloadSchema<CommandPayload> = {
  "~standard": {
    version: 1,
    vendor: "clx",
    validate(value) {
      const issues = findIssues(value);
      return issues.length > 0 ? { issues } : { value: value as CommandPayload };
    },
  },
};

function findIssues(value: unknown): SchemaIssue[] {
  if (!isRecord(value)) {
    return [{ message: 'the payload must be an object, such as {"argv": ["echo", "hello"]}' }];
  }
  const issues = Object.entries(value).flatMap(([key, field]) => issueOf(key, field));
  if (value.argv === undefined) issues.unshift(missingArgv);
  return issues;
}

const missingArgv: SchemaIssue = {
  message: 'argv is missing: give the program and its arguments, such as ["echo", "hello"]',
  path: ["argv"],
};

function issueOf(key: string, field: unknown): SchemaIssue[] {
  if (field === undefined) return [];
  if (!Object.hasOwn(checks, key)) {
    return [{ message: unknownKey(key), path: [key] }];
  }
  const fault = checks[key as keyof CommandPayload](field);
  return fault === undefined ? [] : [{ message: `${key} ${fault}`, path: [key] }];
}

function unknownKey(key: string): string {
  const keys = Object.keys(checks);
  const nearest = nearestName(key, keys);
  const hint = nearest === undefined ? `known are ${keys.join(", ")}` : `did you mean ${nearest}?`;
  return `"${key}" is no key of a command; ${hint}`;
}

function checkArgv(value: unknown): string | undefined {
  const example = 'such as ["echo", "hello"]';
  if (typeof value === "string") {
    return `must be a list, ${example}; for a line of shell: ["sh", "-c", ${JSON.stringify(value)}]`;
  }
  if (!Array.isArray(value) || value.length === 0) {
    return `must be a list of at least the program's name, ${example}`;
  }
  if (!value.every(isArgument)) return `must hold strings only, without NUL characters, ${example}`;
  return value[0] === "" ? "must begin with the program's name, which is empty here" : undefined;
}

function checkEnv(value: unknown): string | undefined {
  if (!isRecord(value)) return 'must be an object of strings, such as {"LANG": "C"}';
  const bad = Object.entries(value).find(
    ([name, text]) => !/^[^=\0]+$/.test(name) || !isArgument(text),
  );
  if (bad === undefined) return undefined;
  return `has no usable value for ${JSON.stringify(bad[0])}: names hold no "=", values are strings, neither holds a NUL character`;
}

function isArgument(value: unknown): value is string {
  return typeof value === "string" && !value.includes("\0");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
