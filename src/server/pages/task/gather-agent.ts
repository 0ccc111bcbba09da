import type {
  AgentBudget,
  AgentEntry,
  AgentPayload,
  AgentUsage,
} from "../../../agent/agent-task.ts";
import { continuationOf, isAgentResult } from "../../../agent/continue-task.ts";
import type { AgentModel, ConversationItem } from "../../../dashboard/agent/agent-model.ts";
import type { Task } from "../../../domain/task.ts";
import { isFinal } from "../../../domain/task-state.ts";
import { conversationLog } from "../../../library/conversation-log.ts";
import type { StoredLogLine, TaskStore } from "../../../store/task-store.ts";
import { readItems } from "./gather-conversation.ts";

/** An agent tells who it is when it begins, and how it stands again and again. */
const [headLines, tailLines] = [30, 100];

export interface AgentSources {
  readonly task: Task;
  readonly dependants: readonly Task[];
  readonly now: number;
}

/** What the page of an agent's task shows of the agent, but for the conversation. */
export async function gatherAgent(
  store: TaskStore,
  { task, dependants, now }: AgentSources,
): Promise<Omit<AgentModel, "view" | "conversation">> {
  const result = isAgentResult(task.result) ? task.result : undefined;
  const isOver = isFinal(task.state);
  const isWhole = isOver && result === undefined;
  const lines = isWhole ? await conversationLog(store, task.id) : await ends(store, task.id);
  const told = tellOf(readItems(lines));
  const { started } = told;
  const payload = payloadOf(task);
  const { options } = payload;
  const usage = result?.usage ?? told.ended?.usage ?? usageNow(task, told.usage, now);
  const whyNotContinue = isOver ? whyNot(task, lines) : undefined;
  const found = {
    usage,
    end: result?.end ?? told.ended?.end,
    executor:
      result?.executor ?? started?.executor ?? payload.resume?.executor ?? options?.executor,
    model: result?.model ?? told.model ?? options?.model,
    sessionId: result?.sessionId ?? told.sessionId ?? payload.resume?.sessionId,
    folder: result?.folder ?? started?.folder ?? payload.context?.workingDirectory,
    branch: (result?.worktree ?? started?.worktree)?.branch,
    continues: options?.continueFromTaskId,
    whyNotContinue,
  };
  const known = Object.entries(found).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(known) as Partial<AgentModel>),
    budget: started?.budget ?? options?.budget ?? noBudget,
    continuedBy: dependants.filter((one) => continuedIn(one) === task.id).map(({ id }) => id),
  };
}

const noBudget: AgentBudget = {};

async function ends(store: TaskStore, taskId: string): Promise<readonly StoredLogLine[]> {
  const [head, tail] = await Promise.all([
    store.logsOf({ taskId, after: 0, limit: headLines }),
    store.logsOf({ taskId, after: 0, before: Number.MAX_SAFE_INTEGER, limit: tailLines }),
  ]);
  const last = head.lines.at(-1)?.cursor ?? 0;
  return [...head.lines, ...tail.lines.filter(({ cursor }) => cursor > last)];
}

interface Told {
  started?: Extract<AgentEntry, { kind: "started" }>;
  ended?: Extract<AgentEntry, { kind: "ended" }>;
  sessionId?: string;
  model?: string;
  usage?: AgentUsage;
}

/** Of the latest attempt: what an earlier one told is no longer so. */
function tellOf(items: readonly ConversationItem[]): Told {
  let told: Told = {};
  for (const { entry } of items) {
    if (entry?.kind === "started") {
      const { sessionId = told.sessionId, model } = entry;
      told = { started: entry, ...(sessionId && { sessionId }), ...(model && { model }) };
    } else if (entry?.kind === "session") {
      told.sessionId = entry.sessionId;
      if (entry.model !== undefined) told.model = entry.model;
    } else if (entry?.kind === "used") told.usage = entry.usage;
    else if (entry?.kind === "ended") told.ended = entry;
  }
  return told;
}

/** Time goes on while an agent says nothing. */
function usageNow(
  { state, startedAt, progress }: Task,
  told: AgentUsage | undefined,
  now: number,
): AgentUsage | undefined {
  const usage = isUsage(progress?.data) ? progress.data : told;
  if (state !== "running" || startedAt === undefined) return usage;
  const { wallMs = 0 } = usage ?? {};
  return { turns: 0, outputBytes: 0, ...usage, wallMs: Math.max(wallMs, now - startedAt) };
}

function isUsage(data: unknown): data is AgentUsage {
  return (
    typeof data === "object" &&
    data !== null &&
    ["turns", "wallMs", "outputBytes"].every(
      (name) => typeof (data as Record<string, unknown>)[name] === "number",
    )
  );
}

function whyNot(task: Task, lines: readonly StoredLogLine[]): string | undefined {
  const log = lines.filter(({ stream }) => stream === "log").map(({ line }) => line);
  const found = continuationOf(task, log);
  return found.kind === "possible" ? undefined : `It cannot be continued: ${found.reason}.`;
}

function payloadOf({ payload }: Pick<Task, "payload">): Partial<AgentPayload> {
  return typeof payload === "object" && payload !== null && !Array.isArray(payload)
    ? (payload as unknown as Partial<AgentPayload>)
    : {};
}

function continuedIn(task: Task): string | undefined {
  return task.type === "agent" ? payloadOf(task).options?.continueFromTaskId : undefined;
}
