import { z } from "zod";
import { type AgentsSettings, builtInAgents } from "../../agent/agent-settings.ts";

const text = z.string().min(1);
const texts = z.array(z.string());
const price = z.number().nonnegative();

const agent = z
  .strictObject({
    runner: z.enum(["sdk", "command"]),
    command: z.strictObject({ argv: z.array(z.string()).min(1), cwd: text }).optional(),
    lines: z.enum(["clx", "claude"]).optional(),
    input: z.enum(["json", "text"]).optional(),
    modelArgs: texts.optional(),
    resumeArgs: texts.optional(),
    sdkFolder: text.optional(),
    projectSettings: z.boolean().optional(),
    keepConversationsMs: z.number().nonnegative().optional(),
    model: text.optional(),
    permission: z.enum(["default", "acceptEdits", "bypassPermissions", "plan"]).optional(),
    key: text.optional(),
    passEnv: texts.optional(),
    env: z.record(z.string(), z.string()).optional(),
    home: text.optional(),
    prices: z.strictObject({ input: price, output: price, cached: price.optional() }).optional(),
  })
  .refine(
    ({ runner, command }) => (runner === "command") === (command !== undefined),
    'an agent has a command when, and only when, its runner is "command"',
  );

const settings = z.object({ agents: z.record(z.string(), agent).optional() });

/**
 * The agents that a worker was set up with; `claude` is there by itself.
 *
 * @throws Error that says what is wrong with them
 */
export function agentsIn(given: { readonly [key: string]: unknown }): AgentsSettings {
  const read = settings.safeParse(given);
  if (!read.success) throw new Error(`the worker's settings: ${z.prettifyError(read.error)}`);
  return { ...builtInAgents, ...(read.data.agents as AgentsSettings | undefined) };
}
