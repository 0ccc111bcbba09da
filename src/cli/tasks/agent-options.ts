import { resolve } from "node:path";
import type { AgentBudget, AgentOptions, AgentRequest } from "../../agent/agent-task.ts";
import { parseDuration } from "../../config/duration.ts";
import { parseWhole } from "../../config/number.ts";
import { parseSize } from "../../config/size.ts";
import type { Given, OptionSpecs } from "../command.ts";
import { parseOneOf } from "../input/one-of.ts";
import { UsageError } from "../usage-error.ts";

/** What `submit agent` and `exec agent` can be told of an instruction. */
export const agentOptions = {
  executor: { type: "string", value: "NAME", help: "agent: which of the configured agents works" },
  model: { type: "string", value: "NAME", help: "agent: the model that it uses" },
  "system-prompt": {
    type: "string",
    value: "TEXT",
    help: "agent: what it is told before all else",
  },
  file: {
    type: "string",
    multiple: true,
    value: "PATH",
    help: "agent: a file to look at, within its folder; repeatable",
  },
  "allow-tools": {
    type: "string",
    multiple: true,
    value: "LIST",
    help: "agent: tools that it may use without asking: Read,Edit",
  },
  "deny-tools": {
    type: "string",
    multiple: true,
    value: "LIST",
    help: "agent: tools that it may not use",
  },
  "permission-mode": {
    type: "string",
    value: "MODE",
    help: "agent: default, acceptEdits, bypassPermissions or plan",
  },
  "max-turns": { type: "string", value: "N", help: "agent: stop it after so many turns" },
  "budget-tokens": { type: "string", value: "N", help: "agent: … after so many tokens" },
  "budget-cost": { type: "string", value: "USD", help: "agent: … at this cost: 0.50" },
  "budget-time": { type: "string", value: "DURATION", help: "agent: … after this time: 10m" },
  "budget-output": { type: "string", value: "SIZE", help: "agent: … after so much output: 1m" },
  worktree: { type: "boolean", help: "agent: work in a git worktree, on a branch of its own" },
  branch: { type: "string", value: "NAME", help: "agent: the name of that branch" },
  "base-branch": { type: "string", value: "NAME", help: "agent: where that branch begins" },
  "keep-worktree": { type: "boolean", help: "agent: keep the worktree in any case" },
  continue: {
    type: "string",
    value: "TASK",
    help: "agent: go on with the conversation of this task",
  },
} as const satisfies OptionSpecs;

export type AgentValues = Given<typeof agentOptions>["values"];

/** The options among these that somebody has given. */
export function givenAgentOption(values: object): string | undefined {
  return Object.keys(agentOptions).find((name) => Object.hasOwn(values, name));
}

/** What an instruction and its options ask for. */
export function agentRequest(
  instruction: string,
  {
    values,
    cwd,
  }: { readonly values: AgentValues & { readonly cwd?: string }; readonly cwd: string },
): AgentRequest {
  const options = optionsOf(values);
  // A conversation goes on where it was, unless it is sent elsewhere.
  const staysThere = values.continue !== undefined && values.cwd === undefined;
  const context = {
    ...(!staysThere && { workingDirectory: resolve(cwd, values.cwd ?? ".") }),
    ...(values.file !== undefined && { files: values.file }),
  };
  return {
    instruction,
    ...(Object.keys(context).length > 0 && { context }),
    ...(Object.keys(options).length > 0 && { options }),
  };
}

const permissions = ["default", "acceptEdits", "bypassPermissions", "plan"] as const;

function optionsOf(values: AgentValues): AgentOptions {
  const mode = values["permission-mode"];
  const budget = budgetOf(values);
  const worktree = worktreeOf(values);
  return {
    ...(values.executor !== undefined && { executor: values.executor }),
    ...(values.model !== undefined && { model: values.model }),
    ...(values["system-prompt"] !== undefined && { systemPrompt: values["system-prompt"] }),
    ...(values["allow-tools"] && { allowedTools: values["allow-tools"].flatMap(toolNames) }),
    ...(values["deny-tools"] && { disallowedTools: values["deny-tools"].flatMap(toolNames) }),
    ...(mode !== undefined && {
      permissionMode: parseOneOf(mode, "--permission-mode", permissions),
    }),
    ...(Object.keys(budget).length > 0 && { budget }),
    ...(worktree !== undefined && { worktree }),
    ...(values.continue !== undefined && { continueFromTaskId: values.continue }),
  };
}

function budgetOf(values: AgentValues): AgentBudget {
  const whole = (name: "max-turns" | "budget-tokens") =>
    parseWhole(values[name] ?? "", `--${name}`, { atLeast: 1 });
  const { "budget-time": time, "budget-output": output, "budget-cost": cost } = values;
  return {
    ...(values["max-turns"] !== undefined && { turns: whole("max-turns") }),
    ...(values["budget-tokens"] !== undefined && { tokens: whole("budget-tokens") }),
    ...(cost !== undefined && { costUsd: parseCost(cost) }),
    ...(time !== undefined && { wallMs: parseDuration(time, "--budget-time") }),
    ...(output !== undefined && { outputBytes: parseSize(output, "--budget-output") }),
  };
}

function parseCost(text: string): number {
  const cost = Number(text.replace(/^\$/, ""));
  if (text.trim() !== "" && Number.isFinite(cost) && cost > 0) return cost;
  throw new UsageError(`--budget-cost is "${text}", but must be an amount of US dollars: 0.50`);
}

/** Absent unless one is asked for; how it shall be asks for it too. */
function worktreeOf(values: AgentValues): AgentOptions["worktree"] {
  const { worktree, branch, "base-branch": base, "keep-worktree": keep } = values;
  const wish = {
    ...(base !== undefined && { baseBranch: base }),
    ...(branch !== undefined && { branchName: branch }),
    ...(keep !== undefined && { keep }),
  };
  return worktree === true || Object.keys(wish).length > 0 ? wish : undefined;
}

/** Parted by commas, but not by those within `Bash(git log, …)`. */
function toolNames(list: string): string[] {
  const names = list.match(/[^,(]+(?:\([^)]*\))?/g) ?? [];
  return names.map((name) => name.trim()).filter((name) => name !== "");
}
