import { z } from "zod";
import { labelCaps } from "../../domain/task.ts";
import { durationMs, instantToCome, name, taskId, text } from "./fields.ts";

/** What agents are told, as spec 4 has it. What its own executors take besides goes through. */
const context = z
  .looseObject({
    workingDirectory: text(4_096).optional(),
    files: z.array(text(4_096)).max(1_000).optional(),
  })
  .meta({ description: "What the instruction is about: a folder, files, and more." });

/** What it may say of the way in which delays grow is how they grow here. */
const spec4Retry = z.strictObject({
  maxRetries: z.int().min(0).max(99).optional(),
  initialDelay: z.int().min(0).optional(),
  maxDelay: z.int().min(0).optional(),
  policy: z.literal("exponential").optional(),
  backoffMultiplier: z.literal(2).optional(),
});

/** Checked where it is known that an agent of ours shall follow them: agent-payload.ts. */
function ofAgents(type: "string" | "object" | "array" | "boolean", description: string) {
  return z.unknown().optional().meta({ type, description });
}

const agentOptions = {
  executor: ofAgents(
    "string",
    "Of an instruction: which of the configured agents; claude unless given.",
  ),
  model: ofAgents("string", "Of an instruction: the model."),
  systemPrompt: ofAgents("string", "Of an instruction: what the agent is told before all else."),
  allowedTools: ofAgents("array", "Of an instruction: tools that need no asking."),
  disallowedTools: ofAgents("array", "Of an instruction: tools that are not there."),
  permissionMode: ofAgents(
    "string",
    "Of an instruction: default, acceptEdits, bypassPermissions or plan; spec 4's ask, allow and deny are the first, third and last.",
  ),
  mcpServers: ofAgents(
    "object",
    "Of an instruction: tool servers by name, each with command, args and env.",
  ),
  budget: ofAgents(
    "object",
    "Of an instruction: turns, tokens, costUsd, wallMs, outputBytes. A used-up one stops the agent.",
  ),
  worktree: ofAgents(
    "object",
    "Of an instruction: a git worktree of its own; baseBranch, branchName, keep.",
  ),
  continueFromTaskId: ofAgents(
    "string",
    "Of an instruction: the ended task with whose conversation it goes on.",
  ),
  sdk: ofAgents(
    "object",
    "Spec 4's words for the same: maxTurns, allowedTools, disallowedTools, systemPrompt, permissionMode, mcpConfig, continueFromTaskId.",
  ),
  useWorktree: ofAgents("boolean", "Spec 4's words for a worktree."),
};

const options = z
  .looseObject({
    ...agentOptions,
    async: z.boolean().optional().meta({
      description: "false: wait for the end of the task, and answer 201 with it.",
    }),
    timeout: z
      .union([durationMs, z.strictObject({ total: durationMs.optional() })], {
        error: "must be milliseconds, or an object with total",
      })
      .optional(),
    retry: spec4Retry.optional(),
  })
  .meta({
    description: "Of the whole request (async), the task (timeout, retry) and its executor.",
  });

const retry = z.strictObject({
  maxAttempts: z.int().min(1).max(100).optional(),
  on: z.enum(["infrastructure", "any"]).optional(),
  backoffMs: z.int().min(0).max(31_536_000_000).optional(),
  maxBackoffMs: z.int().min(0).max(31_536_000_000).optional(),
});

const fields = {
  type: name.optional().meta({ description: "The worker type; agent for an instruction." }),
  payload: z.unknown().optional().meta({ description: "What its worker gets: any JSON." }),
  instruction: z.string().min(1).max(1_000_000).optional().meta({
    description: "What an agent shall do; it makes the payload, with context and options.",
  }),
  context: context.optional(),
  title: text(labelCaps.title).optional().meta({ description: "For people, in lists." }),
  tags: z.array(text(labelCaps.tag)).max(labelCaps.tags).optional().meta({
    description: "Words to find it by.",
  }),
  queue: name.optional().meta({ description: "The server's own unless given." }),
  priority: z.int().min(-1_000_000).max(1_000_000).optional().meta({
    description: "Higher first; then first in, first out.",
  }),
  runAt: instantToCome
    .optional()
    .meta({ description: "Not before this time. Numbers are milliseconds since 1970." }),
  retry: retry.optional().meta({
    description: "Three attempts, for faults of the infrastructure, unless given.",
  }),
  timeoutMs: durationMs.optional().meta({ description: "How long one attempt may run." }),
  expectedMemory: z.int().min(0).optional().meta({ description: "At its peak, in bytes." }),
  key: text(200).optional().meta({
    description: "A second submit with the same key gets the first one's task.",
  }),
  after: z.array(taskId).max(1_000).optional().meta({ description: "Tasks that must end first." }),
  onDependencyFailure: z.enum(["skip", "run"]).optional().meta({
    description: "What becomes of it when one of those does not complete; skip unless given.",
  }),
  allowUnknownType: z.boolean().optional().meta({
    description: "Take it although nobody here knows its type: its workers come later.",
  }),
};

const shape = z.strictObject({ ...fields, options: options.optional() });

export const taskRequest = shape.superRefine(namesItsWork);

/** One of many: whether to wait is said of none of them. */
export const batchRequest = z.strictObject({
  tasks: z.array(taskRequest).min(1).max(1_000),
});

export type TaskRequest = z.output<typeof taskRequest>;

/** Options that any task has; others are for whoever follows the instruction. */
const ofEveryTask = ["async", "timeout", "retry"];

function namesItsWork(task: Partial<z.output<typeof shape>>, check: z.RefinementCtx): void {
  const { type, instruction, payload, context: about, options: given = {} } = task;
  const fault = (path: string, message: string) =>
    check.addIssue({ code: "custom", path: [path], message });
  if (instruction !== undefined) {
    if (payload !== undefined) {
      fault("payload", "must not stand beside instruction, which makes the payload");
    }
    return;
  }
  if (type === undefined) fault("type", "is missing; give type and payload, or an instruction");
  else if (payload === undefined) {
    fault("payload", `is missing; give what the ${type} worker shall get (null for nothing)`);
  }
  if (about !== undefined) fault("context", "is for an instruction; put it into the payload");
  const stray = Object.keys(given).filter((key) => !ofEveryTask.includes(key));
  if (stray.length > 0) {
    fault("options", `has ${stray.join(", ")}, which are for an instruction`);
  }
}
