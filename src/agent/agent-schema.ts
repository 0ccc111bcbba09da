import { isAbsolute } from "node:path";
import { z } from "zod";
import { nearestName } from "../domain/nearest-name.ts";
import type { AgentPayload, AgentRequest } from "./agent-task.ts";

type Shape = Readonly<Record<string, z.ZodType>>;

/** An object that refuses what it does not know, and says what was probably meant. */
function exact<const Fields extends Shape>(what: string, shape: Fields): z.ZodObject<Fields> {
  const names = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? (issue.keys as readonly string[]).map((key) => unknownKey(what, key, names)).join("; ")
        : undefined,
  });
}

function unknownKey(what: string, key: string, names: readonly string[]): string {
  const meant = nearestName(key, names);
  const hint = meant === undefined ? `known are ${names.join(", ")}` : `did you mean ${meant}?`;
  return `"${key}" is nothing that ${what} has; ${hint}`;
}

const text = z.string().refine((value) => !value.includes("\0"), "must not hold a NUL character");
const filled = text.refine((value) => value.trim() !== "", "must not be empty");
const absolute = filled.refine(
  (path) => isAbsolute(path),
  'must be an absolute path, such as "/srv/project"',
);
const inFolder = filled.refine(
  (path) => !isAbsolute(path) && !path.split(/[/\\]/).includes(".."),
  "must be a path within the working directory",
);
const amount = z.int().min(1).max(1e12);
const names = z.array(filled).max(200);
const serverName = z.string().regex(/^[\w-]{1,64}$/, "must be of letters, digits, - and _");
/** What git takes, and no option of its. */
const branch = z
  .string()
  .regex(
    /^(?![-/.])(?!.*(\.\.|\/\/|@\{|\/\.|\.lock$|[/.]$))[^\s~^:?*[\\\p{Cc}]{1,200}$/u,
    "must be the name of a branch",
  );

const context = exact("context", {
  workingDirectory: absolute.optional(),
  files: z.array(inFolder).max(1_000).optional(),
});

const toolServer = exact("a tool server", {
  command: filled,
  args: z.array(text).optional(),
  env: z.record(z.string().regex(/^[^=\0]+$/), text).optional(),
});

export const agentBudgetSchema = exact("budget", {
  turns: amount.optional(),
  tokens: amount.optional(),
  costUsd: z.number().positive("must be more than 0").max(1e9).optional(),
  wallMs: amount.max(2 ** 31 - 1).optional(),
  outputBytes: amount.optional(),
});

const worktree = exact("worktree", {
  baseBranch: branch.optional(),
  branchName: branch.optional(),
  keep: z.boolean().optional(),
});

const options = exact("options", {
  executor: z.string().min(1).optional(),
  model: filled.max(200).optional(),
  systemPrompt: filled.optional(),
  allowedTools: names.optional(),
  disallowedTools: names.optional(),
  permissionMode: z.enum(["default", "acceptEdits", "bypassPermissions", "plan"]).optional(),
  mcpServers: z.record(serverName, toolServer).optional(),
  budget: agentBudgetSchema.optional(),
  worktree: worktree.optional(),
  continueFromTaskId: z.string().min(1).max(200).optional(),
});

const request = { instruction: filled, context: context.optional(), options: options.optional() };

const resume = exact("resume", {
  fromTaskId: z.string().min(1),
  executor: z.string().min(1),
  sessionId: filled,
  folder: absolute,
  worktree: exact("resume.worktree", {
    repository: absolute,
    folder: absolute,
    branch,
    base: z
      .string()
      .regex(/^[0-9a-f]{40,64}$/)
      .optional(),
  }).optional(),
  costUsdBefore: z.number().nonnegative().optional(),
});

type Schema<T> = z.ZodType<T> & z.ZodObject;

/** What a client may ask. */
export const agentRequestSchema = exact(
  "an agent task",
  request,
) as unknown as Schema<AgentRequest>;

/** What is in the queue: with `resume`, which is worked out when the task is submitted. */
export const agentPayloadSchema = exact("an agent task", {
  ...request,
  resume: resume.optional(),
}) as unknown as Schema<AgentPayload>;
