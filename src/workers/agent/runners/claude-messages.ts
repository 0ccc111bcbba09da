import type { JsonValue } from "../../../domain/json.ts";
import type { AgentListener, RunnerEnd } from "../runner.ts";
import { faultOf } from "./claude-faults.ts";

/** The parts that we read of what the SDK yields and `claude -p` prints; any of it may lack. */
interface Message {
  readonly type?: string;
  readonly subtype?: string;
  readonly session_id?: string;
  readonly model?: string;
  readonly parent_tool_use_id?: string | null;
  readonly error?: unknown;
  readonly message?: { readonly [key: string]: unknown } | string;
  readonly event?: StreamEvent;
  readonly tool_name?: string;
  readonly attempt?: number;
  readonly max_retries?: number;
  readonly error_status?: number | null;
}

interface StreamEvent {
  readonly type?: string;
  readonly message?: { readonly id?: string; readonly usage?: Usage };
  readonly delta?: { readonly [key: string]: unknown };
  readonly usage?: Usage;
}

interface Usage {
  readonly input_tokens?: number | null;
  readonly output_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
}

interface Block {
  readonly type?: string;
  readonly id?: string;
  readonly name?: string;
  readonly text?: string;
  readonly thinking?: string;
  readonly input?: JsonValue;
  readonly tool_use_id?: string;
  readonly is_error?: boolean;
  readonly content?: unknown;
}

interface Result extends Message {
  readonly is_error?: boolean;
  readonly result?: string;
  readonly errors?: readonly unknown[];
  readonly stop_reason?: string | null;
  readonly total_cost_usd?: number;
  readonly api_error_status?: number | null;
  readonly modelUsage?: { readonly [model: string]: ModelUsage };
}

interface ModelUsage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadInputTokens?: number;
  readonly cacheCreationInputTokens?: number;
}

export interface ClaudeMessagesParams {
  readonly listener: AgentListener;
  /** The agent counts a conversation from its beginning. */
  readonly goesOn: boolean;
  readonly costUsdBefore: number;
}

/** Passes on what Claude's messages tell. */
export class ClaudeMessages {
  readonly #listener: AgentListener;
  readonly #goesOn: boolean;
  readonly #costUsdBefore: number;
  /** By the id of the answer: it is told bit by bit, and again in whole. */
  readonly #usages = new Map<string, Usage>();
  #answer = "";
  #fault: string | undefined;
  #end: RunnerEnd | undefined;

  constructor({ listener, goesOn, costUsdBefore }: ClaudeMessagesParams) {
    this.#listener = listener;
    this.#goesOn = goesOn;
    this.#costUsdBefore = costUsdBefore;
  }

  /** Once there has been a result. */
  get end(): RunnerEnd | undefined {
    return this.#end;
  }

  /** @returns whether it is a message at all */
  take(value: unknown): boolean {
    if (typeof value !== "object" || value === null || !("type" in value)) return false;
    const message = value as Message;
    switch (message.type ?? "") {
      case "system":
        this.#system(message);
        break;
      case "stream_event":
        this.#streamed(message);
        break;
      case "assistant":
        this.#assistant(message);
        break;
      case "user":
        this.#user(message);
        break;
      case "result":
        this.#result(message);
        break;
    }
    return true;
  }

  #system(message: Message): void {
    const { subtype, session_id: sessionId, model } = message;
    if (subtype === "init" && sessionId !== undefined) {
      this.#listener.session(sessionId, model);
    } else if (subtype === "api_retry") {
      const { attempt, max_retries: most, error_status: status, error } = message;
      const what = typeof error === "string" ? error : "an error";
      const code = status ? `, HTTP ${status}` : "";
      this.#listener.note(
        `the agent asks its model again (${what}${code}; try ${attempt} of ${most})`,
      );
    } else if (subtype === "permission_denied") {
      const why = typeof message.message === "string" ? `: ${message.message}` : "";
      this.#listener.note(`the tool ${message.tool_name} was denied${why}`);
    }
  }

  #streamed({ event, parent_tool_use_id: parent }: Message): void {
    if (event?.type === "message_start") {
      const id = event.message?.id ?? "";
      if (parent == null) this.#begin(id);
      this.#count(id, event.message?.usage);
    } else if (event?.type === "content_block_delta") {
      this.#listener.streamed(deltaSize(event.delta));
    } else if (event?.type === "message_delta" && parent == null) {
      this.#count(this.#answer, event.usage);
    }
  }

  #begin(id: string): void {
    if (id === this.#answer) return;
    this.#answer = id;
    this.#listener.turn();
  }

  #assistant({ message, error, parent_tool_use_id: parent }: Message): void {
    if (typeof message !== "object") return;
    const { id, usage } = message as { readonly id?: string; readonly usage?: Usage };
    const isSynthetic = message.model === "<synthetic>";
    if (typeof error === "string") this.#fault = error;
    if (!isSynthetic && id !== undefined) {
      if (parent == null) this.#begin(id);
      if (!this.#usages.has(id)) this.#count(id, usage);
    }
    // What it says in its model's place is its error, which the result has too.
    if (isSynthetic) return;
    for (const block of blocksOf(message.content)) this.#block(block, parent != null);
  }

  #block(block: Block, isSubagent: boolean): void {
    if (block.type === "text" && !isSubagent) this.#listener.said(block.text ?? "");
    if (block.type === "thinking" && !isSubagent) this.#listener.thought(block.thinking ?? "");
    if (block.type === "tool_use") {
      const { id = "", name = "", input = null } = block;
      this.#listener.toolUsed({ callId: id, tool: name, input });
    }
  }

  #user({ message }: Message): void {
    if (typeof message !== "object") return;
    for (const block of blocksOf(message.content)) {
      if (block.type !== "tool_result") continue;
      this.#listener.toolAnswered({
        callId: block.tool_use_id ?? "",
        isError: block.is_error === true,
        text: textOf(block.content),
      });
    }
  }

  #result(result: Result): void {
    if (result.session_id !== undefined) this.#listener.session(result.session_id);
    this.#tellTotals(result);
    if (result.subtype === "error_max_turns") this.#listener.exhausted("turns");
    if (result.subtype === "error_max_budget_usd") this.#listener.exhausted("costUsd");
    this.#end = this.#judge(result);
  }

  #judge(result: Result): RunnerEnd {
    const text = result.result ?? "";
    const failed = result.is_error === true || result.subtype !== "success";
    if (!failed && result.stop_reason !== "refusal") return { kind: "finished", text };
    const told = (result.errors ?? []).filter((one) => typeof one === "string").join("; ");
    const message = text || told || `the agent ended with ${result.subtype ?? "an error"}`;
    const status = result.api_error_status ?? undefined;
    const refused = result.stop_reason === "refusal";
    return {
      kind: "failed",
      cause: refused ? "refused" : faultOf({ name: this.#fault, status, message }),
      message,
    };
  }

  /** All models' together: those of helpers too. */
  #tellTotals({ modelUsage = {}, total_cost_usd: cost }: Result): void {
    const models = Object.values(modelUsage);
    const sum = (of: (usage: ModelUsage) => number | undefined) =>
      models.reduce((total, usage) => total + (of(usage) ?? 0), 0);
    const tokens = {
      inputTokens: sum((one) => one.inputTokens) + sum((one) => one.cacheCreationInputTokens),
      outputTokens: sum((one) => one.outputTokens),
      cachedTokens: sum((one) => one.cacheReadInputTokens),
    };
    this.#listener.used({
      ...(models.length > 0 && !this.#goesOn && tokens),
      ...(cost !== undefined && { costUsd: Math.max(0, cost - this.#costUsdBefore) }),
    });
  }

  #count(id: string, usage: Usage | undefined): void {
    if (usage === undefined) return;
    this.#usages.set(id, { ...this.#usages.get(id), ...withoutNulls(usage) });
    const all = [...this.#usages.values()];
    const sum = (of: (usage: Usage) => number | null | undefined) =>
      all.reduce((total, one) => total + (of(one) ?? 0), 0);
    this.#listener.used({
      inputTokens: sum((one) => one.input_tokens) + sum((one) => one.cache_creation_input_tokens),
      outputTokens: sum((one) => one.output_tokens),
      cachedTokens: sum((one) => one.cache_read_input_tokens),
    });
  }
}

function withoutNulls(usage: Usage): Usage {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));
}

function blocksOf(content: unknown): readonly Block[] {
  return Array.isArray(content) ? (content as Block[]) : [];
}

function deltaSize(delta: StreamEvent["delta"]): number {
  const texts = [delta?.text, delta?.thinking, delta?.partial_json];
  return texts.reduce<number>(
    (size, text) => size + (typeof text === "string" ? Buffer.byteLength(text) : 0),
    0,
  );
}

/** A tool's answer is a text, or blocks of which some are text. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return blocksOf(content)
    .map(({ type, text }) => (type === "text" ? (text ?? "") : `(${type ?? "something else"})`))
    .join("\n");
}
