import type { AgentSettings } from "../../agent/agent-settings.ts";
import type {
  AgentBudget,
  AgentFault,
  AgentPayload,
  AgentPermission,
} from "../../agent/agent-task.ts";
import type { JsonValue } from "../../domain/json.ts";

/**
 * One way to have an agent work: what stands between our tasks and its program.
 *
 * A runner starts the agent, passes on what it is asked, tells what happens as it happens, and
 * says how it ended. It knows nothing of stores, retries, worktrees or log lines.
 *
 * Stopping. When `signal` is aborted (a budget is used up, the task is cancelled, …) the agent
 * is stopped as gently as it can be, and killed within `graceMs()`. What `run` returns then does
 * not matter; that it returns does.
 *
 * Processes. However `run` ends, none that it started is left. Should this process be killed,
 * `AgentProgram` sees to that.
 *
 * Faults. What the agent says about itself (not logged in, overloaded) is the end that is
 * returned; `run` throws for mistakes of ours alone.
 */
export interface AgentRunner {
  run(work: AgentWork): Promise<RunnerEnd>;
}

export interface AgentWork {
  readonly taskId: string;
  readonly attempt: number;
  readonly agent: AgentSettings;
  readonly payload: AgentPayload;
  /** What the agent is told: the task's instruction, and what it has to know besides. */
  readonly instruction: string;
  readonly folder: string;
  readonly model?: string;
  readonly permission: AgentPermission;
  readonly budget: AgentBudget;
  /** The whole environment of its program: nothing of the worker's own goes along. */
  readonly env: Readonly<Record<string, string>>;
  /** Kept from task to task, and shared by the workers: for what makes conversations go on. */
  readonly home: string;
  /** To begin a conversation under; or of the one that goes on. */
  readonly sessionId: string;
  readonly goesOn: boolean;
  /** What a conversation that goes on had cost by then, for agents that count from its beginning. */
  readonly costUsdBefore: number;
  readonly listener: AgentListener;
  readonly signal: AbortSignal;
  graceMs(): number;
}

export type RunnerEnd =
  | { readonly kind: "finished"; readonly text: string }
  | {
      readonly kind: "failed";
      readonly cause: AgentFault;
      readonly message: string;
      /** Its program was ended by a signal that we did not send. */
      readonly signal?: string;
    };

/** What a runner tells while the agent works. All of it is cheap. */
export interface AgentListener {
  session(sessionId: string, model?: string): void;
  /** The model begins another answer. */
  turn(): void;
  said(text: string): void;
  thought(text: string): void;
  toolUsed(call: ToolCall): void;
  toolAnswered(answer: ToolAnswer): void;
  /** A part of an answer that is told in whole later. */
  streamed(bytes: number): void;
  /** Of the whole task so far; what is absent stays as it was. */
  used(used: UsedSoFar): void;
  note(text: string): void;
  /** A line that its program wrote and that is nothing of the conversation. */
  wrote(line: string, stream: "stdout" | "stderr"): void;
  /** Resolves once more can be told. */
  ready(): Promise<void>;
  /** The agent has stopped by itself, because that budget is used up. */
  exhausted(budget: keyof AgentBudget): void;
}

export interface ToolCall {
  readonly callId: string;
  readonly tool: string;
  readonly input: JsonValue;
}

export interface ToolAnswer {
  readonly callId: string;
  readonly isError: boolean;
  readonly text: string;
}

export interface UsedSoFar {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** Read from a cache; not among `inputTokens`. */
  readonly cachedTokens?: number;
  readonly costUsd?: number;
  /** For agents that count their answers themselves. */
  readonly turns?: number;
}
