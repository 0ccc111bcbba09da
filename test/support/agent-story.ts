import { encodeEntry } from "../../src/agent/agent-entry.ts";
import type {
  AgentBudget,
  AgentEntry,
  AgentResult,
  AgentUsage,
} from "../../src/agent/agent-task.ts";
import type { JsonValue } from "../../src/domain/json.ts";
import type { LogLine, Task } from "../../src/domain/task.ts";
import type { TaskStore } from "../../src/store/task-store.ts";
import { PlayedWorker } from "./played-worker.ts";

/** An agent that the test plays: what it tells goes to the log of a task, as a worker writes it. */
export class PlayedAgent {
  readonly task: Task;
  readonly worker: PlayedWorker;

  private constructor(worker: PlayedWorker, task: Task) {
    this.worker = worker;
    this.task = task;
  }

  /** Takes the agent task that is due first. */
  static async begin(store: TaskStore): Promise<PlayedAgent> {
    const worker = await PlayedWorker.start(store, { type: "agent" });
    return new PlayedAgent(worker, await worker.claim());
  }

  async tell(...entries: readonly AgentEntry[]): Promise<void> {
    const now = Date.now();
    const logs = entries.flatMap((entry) =>
      encodeEntry(entry).map((line): LogLine => ({ at: now, stream: "log", line })),
    );
    for (let from = 0; from < logs.length; from += 500) {
      await this.worker.report(this.task, { logs: logs.slice(from, from + 500) });
    }
  }

  async print(line: string, stream: LogLine["stream"] = "stdout"): Promise<void> {
    await this.worker.report(this.task, { logs: [{ at: Date.now(), stream, line }] });
  }

  async use(usage: AgentUsage): Promise<void> {
    const progress = { at: Date.now(), message: `turn ${usage.turns}`, data: json(usage) };
    await this.tell({ kind: "used", usage });
    await this.worker.report(this.task, { progress });
  }

  async finish(result: Partial<AgentResult> = {}): Promise<void> {
    const whole = resultWith(result);
    await this.tell({ kind: "ended", end: whole.end, usage: whole.usage });
    if (whole.end.kind === "finished") {
      await this.worker.settle(this.task, { kind: "completed", result: json(whole) });
    } else if (whole.end.kind === "over_budget") {
      const failure = { kind: "over_budget", message: "the agent used up its budget" } as const;
      await this.worker.settle(this.task, { kind: "failed", failure, result: json(whole) });
    } else {
      const failure = { kind: "user_error", message: "the agent is not logged in" } as const;
      await this.worker.settle(this.task, { kind: "failed", failure });
    }
  }
}

export function resultWith(fields: Partial<AgentResult> = {}): AgentResult {
  return {
    text: "It is done.",
    sessionId: "5b0e7e0a-2f65-4c3a-9d43-7b1d0f3b9a11",
    executor: "claude",
    folder: "/srv/project",
    end: { kind: "finished" },
    usage: usageOf(3),
    ...fields,
  };
}

export function usageOf(turns: number): AgentUsage {
  return {
    turns,
    inputTokens: 1_200 * turns,
    outputTokens: 350 * turns,
    cachedTokens: 400 * turns,
    costUsd: 0.021 * turns,
    wallMs: 8_000 * turns,
    outputBytes: 900 * turns,
  };
}

export const storyBudget: AgentBudget = {
  turns: 20,
  tokens: 50_000,
  costUsd: 0.5,
  wallMs: 600_000,
};

/** A few turns of an agent that mends a test. */
export const story: readonly AgentEntry[] = [
  {
    kind: "started",
    executor: "claude",
    model: "claude-sonnet-4-5",
    folder: "/srv/project",
    worktree: { repository: "/srv/project", folder: "/srv/wt", branch: "clx/mend-the-parser" },
    budget: storyBudget,
  },
  { kind: "session", sessionId: "5b0e7e0a-2f65-4c3a-9d43-7b1d0f3b9a11" },
  {
    kind: "thought",
    turn: 1,
    text: "The test fails in the parser. Let me look at how it splits lines before I change anything, because the fixture ends without a newline.",
  },
  { kind: "said", turn: 1, text: "I look at the **parser** first, then at `parser.test.ts`." },
  {
    kind: "tool_used",
    turn: 1,
    callId: "c1",
    tool: "Read",
    input: { file_path: "/srv/project/src/parser.ts", limit: 40 },
  },
  {
    kind: "tool_used",
    turn: 1,
    callId: "c2",
    tool: "Bash",
    input: { command: "npm test -- parser\necho done", description: "Run the tests of the parser" },
  },
  {
    kind: "tool_answered",
    callId: "c1",
    isError: false,
    text: Array.from({ length: 41 }, (_, n) => `${n + 1}\texport const line${n} = ${n};`).join(
      "\n",
    ),
  },
  {
    kind: "tool_answered",
    callId: "c2",
    isError: true,
    text: "\u001b[31mFAIL\u001b[0m src/parser.test.ts\nAssertionError: expected 2 to be 3\n    at parser.test.ts:14:21",
  },
  {
    kind: "said",
    turn: 2,
    text: "The last line is lost when the file does not end with a newline. I change `splitLines`:\n\n```ts\nexport function splitLines(text: string): string[] {\n  return text.split(/\\r?\\n/);\n}\n```\n\nThen I run the tests again.",
  },
  {
    kind: "tool_used",
    turn: 2,
    callId: "c3",
    tool: "Edit",
    input: {
      file_path: "/srv/project/src/parser.ts",
      old_string: "text.split('\\n').slice(0, -1)\n",
      new_string: "text.split(/\\r?\\n/)\n",
      replace_all: false,
    },
  },
  {
    kind: "tool_answered",
    callId: "c3",
    isError: false,
    text: "The file /srv/project/src/parser.ts has been updated.",
  },
  { kind: "note", text: "the service was overloaded; the agent tries again in 2s" },
  { kind: "used", usage: usageOf(2) },
  {
    kind: "said",
    turn: 3,
    text: "All 14 tests pass now. The cause was that the last line was dropped.",
  },
];

/** What a task asks of an agent, for fields of a new task. */
export function agentTask(payload: object = {}) {
  return {
    type: "agent",
    payload: json({ instruction: "Mend the parser\nIts test fails since Monday.", ...payload }),
  };
}

function json(value: object): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
