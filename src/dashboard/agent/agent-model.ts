import type { AgentBudget, AgentEnd, AgentEntry, AgentUsage } from "../../agent/agent-task.ts";
import type { Task } from "../../domain/task.ts";
import type { StoredLogLine } from "../../store/task-store.ts";
import type { LogModel } from "../task/log-model.ts";

/** What the page of an agent's task knows besides. */
export interface AgentModel {
  /** Whichever of them the page shows. */
  readonly view: "conversation" | "log";
  readonly conversation?: ConversationModel;
  readonly executor?: string;
  readonly model?: string;
  /** Without it nothing can go on with the conversation. */
  readonly sessionId?: string;
  readonly folder?: string;
  readonly branch?: string;
  readonly budget: AgentBudget;
  readonly usage?: AgentUsage;
  readonly end?: AgentEnd;
  /** The task whose conversation it goes on with. */
  readonly continues?: string;
  /** The tasks that go on with this one's. */
  readonly continuedBy: readonly string[];
  /** Why nothing can go on with it; a task that has not ended says so itself. */
  readonly whyNotContinue?: string;
}

/** A stretch of a conversation. */
export interface ConversationModel extends Omit<LogModel, "lines"> {
  readonly items: readonly ConversationItem[];
  /** What came before the stretch: the turn it begins in, and what its answers answer. */
  readonly turn: number;
  readonly tools: ReadonlyMap<string, string>;
}

/** A line of the log; without `entry` it is what a program printed. */
export interface ConversationItem extends StoredLogLine {
  readonly entry?: AgentEntry;
}

export function isAgentTask({ type }: Pick<Task, "type">): boolean {
  return type === "agent";
}
