import { encodeEntry } from "../../agent/agent-entry.ts";
import type { AgentPrices } from "../../agent/agent-settings.ts";
import type { AgentBudget, AgentEnd, AgentEntry, AgentUsage } from "../../agent/agent-task.ts";
import type { JsonValue } from "../../domain/json.ts";
import type { TaskContext } from "../../worker/handler.ts";
import {
  addUsage,
  BudgetUsedUp,
  costOf,
  findUsedUp,
  type OverBudget,
  overBudget,
  rounded,
} from "./budget.ts";
import type { AgentListener, ToolAnswer, ToolCall, UsedSoFar } from "./runner.ts";

/** Of what streams before its tokens are told, this many bytes count as one. */
const bytesPerToken = 4;
const longestTimer = 2 ** 31 - 1;

export interface ConversationParams {
  readonly ctx: TaskContext;
  readonly budget: AgentBudget;
  readonly prices?: AgentPrices | undefined;
  readonly now: () => number;
  /** By attempts before this one. */
  readonly spent: AgentUsage;
  /** Something was used. */
  readonly onUsed?: () => void;
}

/**
 * Hears what an agent does: writes it to the task's log, counts what it uses, and stops it when
 * a budget is used up.
 *
 * The clock apart, a budget is looked at when the agent goes on: when it begins another answer,
 * while one streams, when it asks for a tool. An agent that has come to its end is not stopped
 * for what its last answer has used.
 */
export class Conversation implements AgentListener {
  readonly #params: ConversationParams;
  readonly #startedAt: number;
  readonly #usedUp = new AbortController();
  readonly #wallTimer: NodeJS.Timeout | undefined;
  #sessionId: string | undefined;
  #model: string | undefined;
  #turns = 0;
  #outputBytes = 0;
  /** Bytes of the answer under way, whose tokens nobody has told yet. */
  #untoldBytes = 0;
  #used: UsedSoFar = {};
  #lastText = "";
  #overBudget: OverBudget | undefined;

  constructor(params: ConversationParams) {
    this.#params = params;
    this.#startedAt = params.now();
    const { wallMs } = params.budget;
    if (wallMs === undefined) return;
    const ring = () => this.exhausted("wallMs");
    const leftMs = Math.max(0, wallMs - params.spent.wallMs);
    this.#wallTimer = setTimeout(ring, Math.min(leftMs, longestTimer));
  }

  /** Aborted with {@link BudgetUsedUp}. */
  get signal(): AbortSignal {
    return this.#usedUp.signal;
  }

  get overBudget(): OverBudget | undefined {
    return this.#overBudget;
  }

  get sessionId(): string | undefined {
    return this.#sessionId;
  }

  get model(): string | undefined {
    return this.#model;
  }

  /** What the agent said last. */
  get lastText(): string {
    return this.#lastText;
  }

  /** Of the whole task: with what attempts before this one have used. */
  get usage(): AgentUsage {
    return addUsage(this.#params.spent, this.#own());
  }

  #own(): AgentUsage {
    const { inputTokens, outputTokens, cachedTokens } = this.#used;
    const counted: AgentUsage = {
      turns: Math.max(this.#turns, this.#used.turns ?? 0),
      ...(inputTokens !== undefined && { inputTokens }),
      ...(outputTokens !== undefined && { outputTokens }),
      ...(cachedTokens !== undefined && { cachedTokens }),
      wallMs: this.#params.now() - this.#startedAt,
      outputBytes: this.#outputBytes,
    };
    const costUsd = this.#used.costUsd ?? this.#computedCost(counted);
    return costUsd === undefined ? counted : { ...counted, costUsd: rounded(costUsd) };
  }

  tell(entry: AgentEntry): void {
    for (const line of encodeEntry(entry)) this.#params.ctx.log(line, "log");
  }

  session(sessionId: string, model?: string): void {
    if (sessionId === this.#sessionId && (model ?? this.#model) === this.#model) return;
    this.#sessionId = sessionId;
    this.#model = model ?? this.#model;
    this.tell({ kind: "session", sessionId, ...(model !== undefined && { model }) });
  }

  turn(): void {
    this.#turns++;
    this.#checkBudget();
    this.#progress(`turn ${this.#turns}`);
    this.#params.onUsed?.();
  }

  said(text: string): void {
    if (text === "") return;
    this.#count(text);
    this.#lastText = text;
    this.tell({ kind: "said", turn: this.#turns, text });
    this.#checkOutput();
  }

  thought(text: string): void {
    if (text === "") return;
    this.#count(text);
    this.tell({ kind: "thought", turn: this.#turns, text });
    this.#checkOutput();
  }

  toolUsed({ callId, tool, input }: ToolCall): void {
    this.#count(JSON.stringify(input));
    this.tell({ kind: "tool_used", turn: this.#turns, callId, tool, input });
    this.#progress(`turn ${this.#turns}: ${tool}`);
    this.#checkBudget();
  }

  toolAnswered({ callId, isError, text }: ToolAnswer): void {
    this.tell({ kind: "tool_answered", callId, isError, text });
  }

  streamed(bytes: number): void {
    this.#untoldBytes += bytes;
    this.#checkBudget();
  }

  used(used: UsedSoFar): void {
    this.#untoldBytes = 0;
    const before = JSON.stringify(this.#used);
    this.#used = { ...this.#used, ...used };
    if (JSON.stringify(this.#used) === before) return;
    this.tell({ kind: "used", usage: this.usage });
    this.#progress();
    this.#params.onUsed?.();
  }

  note(text: string): void {
    this.tell({ kind: "note", text });
  }

  wrote(line: string, stream: "stdout" | "stderr"): void {
    this.#params.ctx.log(line, stream);
  }

  ready(): Promise<void> {
    return this.#params.ctx.logReady();
  }

  exhausted(budget: keyof AgentBudget): void {
    const limit = this.#params.budget[budget];
    if (limit !== undefined) this.#useUp(overBudget(budget, limit));
  }

  end(end: AgentEnd): void {
    this.close();
    this.tell({ kind: "ended", end, usage: this.usage });
    this.#progress();
  }

  /** The clock stops nobody any more. */
  close(): void {
    clearTimeout(this.#wallTimer);
  }

  #count(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.#outputBytes += bytes;
    this.#untoldBytes = Math.max(0, this.#untoldBytes - bytes);
  }

  /** What is limited by its size alone is looked at also when the agent may be at its end. */
  #checkOutput(): void {
    const { outputBytes } = this.#params.budget;
    if (outputBytes !== undefined && this.usage.outputBytes > outputBytes) {
      this.#useUp(overBudget("outputBytes", outputBytes));
    }
  }

  #checkBudget(): void {
    const usage = this.usage;
    const underWay = Math.floor(this.#untoldBytes / bytesPerToken);
    const found = findUsedUp(this.#params.budget, {
      ...usage,
      outputTokens: (usage.outputTokens ?? 0) + underWay,
      outputBytes: usage.outputBytes + this.#untoldBytes,
    });
    if (found !== undefined) this.#useUp(found);
  }

  #useUp(end: OverBudget): void {
    if (this.#overBudget !== undefined) return;
    this.#overBudget = end;
    this.#usedUp.abort(new BudgetUsedUp(end));
  }

  #computedCost(usage: AgentUsage): number | undefined {
    const { prices } = this.#params;
    const isKnown = usage.inputTokens !== undefined || usage.outputTokens !== undefined;
    return prices !== undefined && isKnown ? costOf(usage, prices) : undefined;
  }

  #progress(message?: string): void {
    const data = { ...this.usage } as unknown as JsonValue;
    this.#params.ctx.progress({ ...(message !== undefined && { message }), data });
  }
}
