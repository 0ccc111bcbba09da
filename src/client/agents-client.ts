import { decodeEntry } from "../agent/agent-entry.ts";
import type { AgentContext, AgentEntry, AgentOptions, AgentResult } from "../agent/agent-task.ts";
import { isAgentResult } from "../agent/continue-task.ts";
import { followTask } from "./follow-task.ts";
import type { Http } from "./http.ts";
import type { NewTask, Task, TaskInFull } from "./shapes.ts";

/** What an agent is asked, and all that any task may say. */
export interface Instruction
  extends Omit<NewTask, "type" | "payload" | "instruction" | "context" | "options"> {
  readonly instruction: string;
  readonly context?: AgentContext;
  readonly options?: AgentOptions;
}

interface Patience {
  readonly signal?: AbortSignal;
}

/** Instructions for agents, and what comes of them. */
export class AgentsClient {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Resolves once it is durable; `waitsBecause` is there when nobody could follow it now. */
  submit(instruction: Instruction, { signal }: Patience = {}): Promise<Task> {
    const isRepeatable = instruction.key !== undefined;
    return this.#http.json({
      method: "POST",
      path: "/api/tasks",
      body: instruction,
      isRepeatable,
      signal,
    });
  }

  /** A new task that goes on with the conversation of one that has ended. */
  continue(taskId: string, instruction: Instruction): Promise<Task> {
    const options = { ...instruction.options, continueFromTaskId: taskId };
    return this.submit({ ...instruction, options });
  }

  /** What the agent says and does, as it happens, to its end. A long text comes in pieces. */
  async *follow(
    taskId: string,
    params: Patience & { readonly after?: number } = {},
  ): AsyncGenerator<AgentEntry> {
    for await (const news of followTask(this.#http, taskId, params)) {
      if (news.kind !== "log" || news.stream !== "log") continue;
      const entry = decodeEntry(news.line);
      if (entry !== undefined) yield entry;
    }
  }

  /** There is one also when a budget was used up, or the agent could not go on. */
  resultOf({ result }: Pick<Task | TaskInFull, "result">): AgentResult | undefined {
    return isAgentResult(result) ? result : undefined;
  }
}
