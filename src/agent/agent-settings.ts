import type { AgentPermission } from "./agent-task.ts";

/** The agents that tasks may name as their executor. */
export interface AgentsSettings {
  readonly [name: string]: AgentSettings;
}

/** The agent of tasks that name none. */
export const defaultAgent = "claude";

/** What the configuration says of one agent: `[agents.NAME]`. */
export interface AgentSettings {
  readonly runner: AgentRunnerName;
  /** Of runner `command`; `{instruction}` in it is replaced. */
  readonly command?: AgentProgram;
  /** Of runner `command`: what its lines are. */
  readonly lines?: AgentLines;
  /** Of runner `command`: what it reads from its standard input. */
  readonly input?: "json" | "text";
  /** Of runner `command`: added when a model is asked for; `{model}` is replaced. */
  readonly modelArgs?: readonly string[];
  /** Of runner `command`: added when a conversation goes on; `{session}` is replaced. */
  readonly resumeArgs?: readonly string[];
  /** Of runner `sdk`: the folder in whose `node_modules` it is installed. */
  readonly sdkFolder?: string;
  /** Of runner `sdk`: whether it heeds CLAUDE.md and `.claude` of the folder it works in. */
  readonly projectSettings?: boolean;
  /** Of runner `sdk`: how long a conversation is kept that nobody goes on with; 0: for ever. */
  readonly keepConversationsMs?: number;
  readonly model?: string;
  readonly permission?: AgentPermission;
  /** The name of the variable, in the worker's environment, that has the key. */
  readonly key?: string;
  /** Names of variables that are passed on from the worker's environment. */
  readonly passEnv?: readonly string[];
  readonly env?: { readonly [name: string]: string };
  /** Where conversations, worktrees and folders of tasks are kept. */
  readonly home?: string;
  readonly prices?: AgentPrices;
}

export type AgentRunnerName = "sdk" | "command";

/** `clx`: entries of `agent-task.ts`. `claude`: what the SDK and `claude -p` print. */
export type AgentLines = "clx" | "claude";

export interface AgentProgram {
  readonly argv: readonly string[];
  readonly cwd: string;
}

/** US dollars for a million tokens. */
export interface AgentPrices {
  readonly input: number;
  readonly output: number;
  /** Of `input` when left out. */
  readonly cached?: number;
}

/** The names of the variables that an agent gets from its worker's environment, its key's among them. */
export function variablesOf(agent: AgentSettings): readonly string[] {
  return [...(agent.passEnv ?? []), ...keyNames(agent)];
}

/** The names of the variables that may hold the key. */
export function keyNames({ key, runner }: AgentSettings): readonly string[] {
  if (key !== undefined) return [key];
  return runner === "sdk" ? ["ANTHROPIC_API_KEY"] : [];
}

/** What is there without any configuration. */
export const builtInAgents: AgentsSettings = { [defaultAgent]: { runner: "sdk" } };
