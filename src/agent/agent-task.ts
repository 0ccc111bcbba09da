import type { JsonValue } from "../domain/json.ts";

/**
 * What an agent task is, apart from who runs it: what is asked, what is told on the way, and
 * what comes of it.
 *
 * Theory of operation
 *
 * The payload of a task of type `agent` is an {@link AgentRequest}. It is checked in full when it
 * is submitted, by the same schema that the worker uses (`agent-schema.ts`).
 *
 * While the agent works, each {@link AgentEntry} is one line of the task's log, as JSON on the
 * stream `log` (`agent-entry.ts` writes and reads them; any other line is what a program printed).
 * So whoever follows the log (a page, a client, the command line) follows the conversation, with
 * the log's own cursors. The task's progress carries the newest {@link AgentUsage} as its data.
 *
 * The task's result is an {@link AgentResult}. An agent that ends by itself completes its task,
 * also when its answer is that it could not do it. An agent that cannot work (not logged in,
 * overloaded, refused) fails it with that cause. A budget that is used up fails it as
 * `over_budget`; what there is by then is its result all the same.
 */
export interface AgentRequest {
  readonly instruction: string;
  readonly context?: AgentContext;
  readonly options?: AgentOptions;
}

/** A request as it stands in the queue. */
export interface AgentPayload extends AgentRequest {
  /** Made from `options.continueFromTaskId` when the task is submitted: see `continue-task.ts`. */
  readonly resume?: AgentResume;
}

/** The conversation that a task goes on with. */
export interface AgentResume {
  readonly fromTaskId: string;
  readonly executor: string;
  readonly sessionId: string;
  /** Where the agent worked. */
  readonly folder: string;
  readonly worktree?: AgentWorktreePlace;
  /** What the conversation had cost by then, for agents that count it from its beginning. */
  readonly costUsdBefore?: number;
}

export interface AgentWorktreePlace {
  /** The folder whose repository it was made from. */
  readonly repository: string;
  readonly folder: string;
  readonly branch: string;
  /** The commit that the branch began at. */
  readonly base?: string;
}

export interface AgentContext {
  /** Absolute; on the server's list of allowed folders. A folder of the task's own without it. */
  readonly workingDirectory?: string;
  /** Named to the agent, relative to its working directory. */
  readonly files?: readonly string[];
}

export interface AgentOptions {
  /** Which of the configured agents works: `claude` (the SDK) unless said otherwise. */
  readonly executor?: string;
  readonly model?: string;
  readonly systemPrompt?: string;
  readonly allowedTools?: readonly string[];
  readonly disallowedTools?: readonly string[];
  readonly permissionMode?: AgentPermission;
  readonly mcpServers?: { readonly [name: string]: AgentToolServer };
  readonly budget?: AgentBudget;
  readonly worktree?: AgentWorktree;
  /** Goes on with the conversation of this task, with its folder and its agent. */
  readonly continueFromTaskId?: string;
}

/** What would have to be asked for is denied: nobody is there to be asked. */
export type AgentPermission = "default" | "acceptEdits" | "bypassPermissions" | "plan";

export interface AgentToolServer {
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: { readonly [name: string]: string };
}

/** What an agent may use at most; whatever is absent is not limited by the task. */
export interface AgentBudget {
  readonly turns?: number;
  readonly tokens?: number;
  readonly costUsd?: number;
  readonly wallMs?: number;
  /** Of what the agent says, thinks and asks its tools. */
  readonly outputBytes?: number;
}

export interface AgentWorktree {
  /** HEAD unless given. */
  readonly baseBranch?: string;
  /** Made from the task's id unless given. */
  readonly branchName?: string;
  /** Kept even when nothing would be lost with it. */
  readonly keep?: boolean;
}

/** One thing that happened in a conversation. */
export type AgentEntry =
  | {
      readonly kind: "started";
      readonly executor: string;
      readonly model?: string;
      readonly sessionId?: string;
      readonly folder: string;
      readonly worktree?: AgentWorktreePlace;
      readonly budget?: AgentBudget;
    }
  /** The agent has told the name of its conversation. */
  | { readonly kind: "session"; readonly sessionId: string; readonly model?: string }
  | { readonly kind: "said"; readonly turn: number; readonly text: string }
  | { readonly kind: "thought"; readonly turn: number; readonly text: string }
  | {
      readonly kind: "tool_used";
      readonly turn: number;
      readonly callId: string;
      readonly tool: string;
      readonly input: JsonValue;
    }
  | {
      readonly kind: "tool_answered";
      readonly callId: string;
      readonly isError: boolean;
      readonly text: string;
    }
  | { readonly kind: "used"; readonly usage: AgentUsage }
  /** Of the runner: a retry by the agent itself, a tool that was denied, a cut text. */
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "ended"; readonly end: AgentEnd; readonly usage: AgentUsage };

/** Of the whole task so far; what a runner is not told is absent. */
export interface AgentUsage {
  readonly turns: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cachedTokens?: number;
  readonly costUsd?: number;
  readonly wallMs: number;
  readonly outputBytes: number;
}

/** Why the conversation ended. A used-up budget is named by its key. */
export type AgentEnd =
  | { readonly kind: "finished" }
  | { readonly kind: "over_budget"; readonly budget: keyof AgentBudget; readonly limit: number }
  | {
      readonly kind: "failed";
      readonly cause: AgentFault;
      readonly message: string;
      /** The agent's program was ended by a signal that nobody here sent. */
      readonly signal?: string;
    }
  | { readonly kind: "stopped"; readonly reason: string };

/** What keeps an agent from working. The last three pass, and are tried again. */
export type AgentFault =
  | "not_logged_in"
  | "refused"
  | "bad_request"
  | "not_installed"
  | "agent_error"
  | "rate_limited"
  | "overloaded"
  | "network";

export interface AgentResult {
  /** The agent's last words. */
  readonly text: string;
  /** With it, another task goes on with the conversation. */
  readonly sessionId?: string;
  readonly executor: string;
  readonly model?: string;
  readonly folder: string;
  readonly worktree?: AgentWorktreePlace;
  /** The worktree was removed, because nothing was lost with it. A continuation makes it again. */
  readonly worktreeRemoved?: boolean;
  readonly end: AgentEnd;
  readonly usage: AgentUsage;
}
