import { randomUUID } from "node:crypto";
import { rmdir } from "node:fs/promises";
import { cutText } from "../../agent/agent-entry.ts";
import { type AgentSettings, keyNames } from "../../agent/agent-settings.ts";
import type { AgentEnd, AgentPayload, AgentResult, AgentUsage } from "../../agent/agent-task.ts";
import { canGoOn, keepsWhatItIsTold } from "../../agent/check-request.ts";
import type { JsonValue } from "../../domain/json.ts";
import { StopReason, type TaskContext, TaskError, type TaskInHand } from "../../worker/handler.ts";
import { agentEnvironment, ownVariables } from "./agent-environment.ts";
import { leftOf, nothingUsed, rounded } from "./budget.ts";
import { Conversation } from "./conversation.ts";
import {
  type AttemptNote,
  type CutOff,
  cutOffBefore,
  describeCutOff,
  describeLeft,
  earlierAttempt,
  noteAttempt,
  spentBefore,
} from "./earlier-attempt.ts";
import { findPlace, type Place } from "./find-place.ts";
import { faultHints, passingFaults, resultOf } from "./judge-end.ts";
import { refuseUnsupported } from "./refuse-unsupported.ts";
import type { AgentRunner, AgentWork, RunnerEnd } from "./runner.ts";
import { commandRunner } from "./runners/command-runner.ts";
import type { WorkerHome } from "./worker-home.ts";
import { clearWorktree } from "./worktree.ts";

/** How long an agent has to end by itself when its budget is used up. */
const budgetGraceMs = 5_000;
/** What is left of a stop's grace is for the verifying, before the worker itself is ended. */
const graceShare = 0.7;
/** After what time something that was used is noted for the next attempt. */
const notePeriodMs = 500;
/** A result has to stay below what is kept of one. */
const longestText = 200_000;
const longestMessage = 4_000;

export interface AgentRunParams {
  readonly task: TaskInHand<AgentPayload>;
  readonly ctx: TaskContext;
  readonly agent: { readonly name: string; readonly settings: AgentSettings };
  readonly home: WorkerHome;
}

interface Earlier {
  /** In words: what it left behind. */
  readonly left: string;
  readonly spent: AgentUsage;
  readonly note: AttemptNote;
  /** Its conversation goes on. */
  readonly cutOff: CutOff | undefined;
}

/** Which conversation an attempt has. */
interface Thread {
  readonly sessionId: string;
  readonly goesOn: boolean;
  readonly costUsdBefore: number;
}

/** One attempt of an agent at a task. */
export class AgentRun {
  readonly #params: AgentRunParams;
  readonly #place: Place;
  readonly #earlier: Earlier | undefined;
  readonly #conversation: Conversation;
  #thread: Thread;

  readonly #startedAt = Date.now();
  #noteTimer: NodeJS.Timeout | undefined;

  private constructor(params: AgentRunParams, place: Place, earlier: Earlier | undefined) {
    const { task, ctx, agent } = params;
    this.#params = params;
    this.#place = place;
    this.#earlier = earlier;
    this.#thread = threadOf(task.payload, earlier);
    this.#conversation = new Conversation({
      ctx,
      budget: task.payload.options?.budget ?? {},
      prices: agent.settings.prices,
      now: () => Math.round(performance.timeOrigin + performance.now()),
      spent: earlier?.spent ?? nothingUsed,
      onUsed: () => this.#noteNowAndThen(),
    });
  }

  /** @throws TaskError when the task cannot be begun as it is */
  static async prepare(params: AgentRunParams): Promise<AgentRun> {
    const { task, ctx, agent } = params;
    refuseUnsupported(task.payload, agent.settings);
    refuseMissingKey(agent.settings);
    const note = earlierAttempt(ctx.checkpoint);
    const earlier = note && (await lookBack(note, params));
    return new AgentRun(params, await findPlace(params, earlier?.cutOff && earlier.note), earlier);
  }

  async run(): Promise<JsonValue> {
    try {
      await this.#begin();
      const ending = await this.#work();
      const end = this.#judge(ending);
      const worktreeRemoved = await this.#clear();
      this.#conversation.end(end);
      clearTimeout(this.#noteTimer);
      await this.#noteEnd(end).catch(() => {});
      const said = ending.kind === "finished" ? ending.text : "";
      return resultOf(this.#result(end, { said, worktreeRemoved }));
    } finally {
      clearTimeout(this.#noteTimer);
      this.#conversation.close();
    }
  }

  async #begin(): Promise<void> {
    const { task, agent } = this.#params;
    const { folder, worktree } = this.#place;
    const model = this.#model();
    this.#conversation.tell({
      kind: "started",
      executor: agent.name,
      ...(model !== undefined && { model }),
      ...(this.#thread.goesOn && { sessionId: this.#thread.sessionId }),
      folder,
      ...(worktree !== undefined && { worktree }),
      ...(task.payload.options?.budget && { budget: task.payload.options.budget }),
    });
    if (this.#earlier !== undefined) this.#conversation.note(this.#earlier.left);
    await this.#note();
  }

  /** For the attempt after this one, if there will be one. */
  async #note(end: Partial<AttemptNote> = { spent: this.#conversation.usage }): Promise<void> {
    const { task, ctx } = this.#params;
    const { attempt, attemptLimit } = task;
    const { folder, worktree } = this.#place;
    const sessionId = this.#conversation.sessionId ?? this.#thread.sessionId;
    await noteAttempt(ctx.checkpoint, {
      ...{ attempt, attemptLimit, startedAt: this.#startedAt, folder, sessionId },
      ...(worktree !== undefined && { worktree }),
      ...end,
    });
  }

  async #noteEnd(end: AgentEnd): Promise<void> {
    const wasReleased = isReleased(end, this.#params.ctx.signal.reason);
    const cutOff = this.#cutOff(end);
    await this.#note({
      wasReleased,
      ...((wasReleased || mayPass(end)) && { spent: this.#conversation.usage }),
      ...(cutOff !== undefined && { cutOff }),
    });
  }

  /** When the conversation shall go on in the next attempt. */
  #cutOff(end: AgentEnd): CutOff | undefined {
    if (end.kind !== "failed" || !passingFaults.includes(end.cause)) return undefined;
    const hasBegun = this.#thread.goesOn || this.#conversation.sessionId !== undefined;
    if (!hasBegun || !canGoOn(this.#params.agent.settings)) return undefined;
    const own = (this.#conversation.usage.costUsd ?? 0) - (this.#earlier?.spent.costUsd ?? 0);
    const costUsd = rounded(this.#thread.costUsdBefore + own);
    return { cause: end.cause, costUsd, knowsItsTask: this.#knowsItsTask() };
  }

  /** Whoever has begun to answer has heard the question. */
  #knowsItsTask(): boolean {
    if (keepsWhatItIsTold(this.#params.agent.settings) || !this.#isSilent()) return true;
    return this.#thread.goesOn && this.#earlier?.cutOff?.knowsItsTask === true;
  }

  /** In this attempt. */
  #isSilent(): boolean {
    return this.#conversation.usage.turns === (this.#earlier?.spent.turns ?? 0);
  }

  /** A worker may die at any time; what its agent has used by then is used. */
  #noteNowAndThen(): void {
    this.#noteTimer ??= setTimeout(() => {
      this.#noteTimer = undefined;
      this.#note().catch(() => {});
    }, notePeriodMs);
  }

  async #work(): Promise<RunnerEnd> {
    const ended = await this.#ask();
    if (!this.#hasLostThread(ended)) return ended;
    this.#conversation.note(
      `it cannot go on with its conversation: ${ended.message}; a new one begins`,
    );
    this.#thread = threadOf(this.#params.task.payload, undefined);
    return await this.#ask();
  }

  /** What another attempt has said may not be there any more; the task can be done all the same. */
  #hasLostThread(end: RunnerEnd): end is Extract<RunnerEnd, { kind: "failed" }> {
    const { task, ctx } = this.#params;
    const isOurs = this.#thread.goesOn && task.payload.resume === undefined;
    const isRefused = end.kind === "failed" && end.cause === "bad_request";
    return isOurs && this.#isSilent() && isRefused && !ctx.signal.aborted;
  }

  async #ask(): Promise<RunnerEnd> {
    const { task, ctx, agent, home } = this.#params;
    const { agentHome, folder } = this.#place;
    const model = this.#model();
    const runner = await runnerOf(agent.settings);
    const env = agentEnvironment({
      ...{ agent: agent.settings, task, agentHome, own: ownVariables() },
      ...{ workerHome: home.path, temp: home.temp },
    });
    const signal = AbortSignal.any([ctx.signal, this.#conversation.signal]);
    const work: AgentWork = {
      ...{ taskId: task.id, attempt: task.attempt, agent: agent.settings, payload: task.payload },
      ...{ instruction: this.#instruction(), folder, env, home: agentHome, signal },
      ...(model !== undefined && { model }),
      permission: task.payload.options?.permissionMode ?? agent.settings.permission ?? "default",
      budget: leftOf(task.payload.options?.budget ?? {}, this.#earlier?.spent ?? nothingUsed),
      ...this.#thread,
      listener: this.#conversation,
      graceMs: () => graceOf(ctx.signal),
    };
    return signal.aborted
      ? { kind: "failed", cause: "agent_error", message: "stopped before it began" }
      : await runner.run(work);
  }

  #model(): string | undefined {
    const { task, agent } = this.#params;
    return task.payload.options?.model ?? agent.settings.model;
  }

  #instruction(): string {
    if (this.#earlier === undefined) return this.#task();
    const { left, cutOff } = this.#earlier;
    if (cutOff === undefined || !this.#thread.goesOn) {
      return `Note: ${left}. Look at that before you begin.\n\n${this.#task()}`;
    }
    const goOn = `Note: you were cut off (${faultHints[cutOff.cause]}). Go on where you stopped.`;
    return cutOff.knowsItsTask ? goOn : `${goOn} You were asked to do this:\n\n${this.#task()}`;
  }

  #task(): string {
    const { instruction, context } = this.#params.task.payload;
    const files = context?.files ?? [];
    return [
      instruction,
      ...(files.length === 0 ? [] : [`Files to look at:\n${files.join("\n")}`]),
    ].join("\n\n");
  }

  /** What stopped the agent comes first; what it said about being stopped does not count. */
  #judge(end: RunnerEnd): AgentEnd {
    const { signal } = this.#params.ctx;
    if (end.kind === "finished") return { kind: "finished" };
    const { overBudget } = this.#conversation;
    if (overBudget !== undefined) return overBudget;
    if (signal.aborted) return { kind: "stopped", reason: messageOf(signal.reason) };
    return { ...end, message: cutText(end.message, longestMessage) };
  }

  async #clear(): Promise<boolean> {
    const { worktree, folder, isOwn } = this.#place;
    if (isOwn) await rmdir(folder).catch(() => {});
    if (worktree === undefined || this.#params.task.payload.options?.worktree?.keep) return false;
    const cleared = await clearWorktree(worktree);
    const which = `the worktree ${worktree.folder}`;
    if (cleared.removed) {
      const commits = cleared.branchKept ? `; its commits are on ${worktree.branch}` : "";
      this.#conversation.note(`${which} was removed: nothing is lost with it${commits}`);
    } else {
      this.#conversation.note(`${which} is kept: ${cleared.because}`);
    }
    return cleared.removed;
  }

  #result(
    end: AgentEnd,
    { said, worktreeRemoved }: { readonly said: string; readonly worktreeRemoved: boolean },
  ): AgentResult {
    const { agent } = this.#params;
    const { folder, worktree } = this.#place;
    const model = this.#conversation.model ?? this.#model();
    const { sessionId } = this.#conversation;
    return {
      text: cutText(said || this.#conversation.lastText, longestText),
      ...(sessionId !== undefined && { sessionId }),
      executor: agent.name,
      ...(model !== undefined && { model }),
      folder,
      ...(worktree !== undefined && { worktree }),
      ...(worktreeRemoved && { worktreeRemoved }),
      end,
      usage: this.#conversation.usage,
    };
  }
}

function threadOf({ resume }: AgentPayload, earlier: Earlier | undefined): Thread {
  if (earlier?.cutOff !== undefined) {
    const { sessionId } = earlier.note;
    return { sessionId, goesOn: true, costUsdBefore: earlier.cutOff.costUsd };
  }
  const costUsdBefore = resume?.costUsdBefore ?? 0;
  const sessionId = resume?.sessionId ?? randomUUID();
  return { sessionId, goesOn: resume !== undefined, costUsdBefore };
}

async function lookBack(note: AttemptNote, { task }: AgentRunParams): Promise<Earlier> {
  const cutOff = cutOffBefore(note, task);
  const left = cutOff === undefined ? await describeLeft(note) : describeCutOff(note, cutOff);
  return { left, spent: spentBefore(note, task), note, cutOff };
}

/** Given back: the attempt does not count. */
function isReleased({ kind }: AgentEnd, stop: unknown): boolean {
  return kind === "stopped" && stop instanceof StopReason && stop.kind === "released";
}

/** Whether another attempt may follow by itself. */
function mayPass(end: AgentEnd): boolean {
  return end.kind === "failed" && (end.signal !== undefined || passingFaults.includes(end.cause));
}

/** A key that was configured and is not there would only be missed later, and by fewer words. */
function refuseMissingKey(agent: AgentSettings): void {
  if (agent.key === undefined || ownVariables()[agent.key]) return;
  const [name] = keyNames(agent);
  throw new TaskError(
    "user_error",
    `the agent's key is not there: the worker's environment has no variable ${name} (agents.NAME.key)`,
  );
}

async function runnerOf({ runner }: AgentSettings): Promise<AgentRunner> {
  if (runner === "command") return commandRunner;
  const { sdkRunner } = await import("./runners/sdk-runner.ts");
  return sdkRunner;
}

function graceOf({ aborted, reason }: AbortSignal): number {
  if (!aborted) return budgetGraceMs;
  return reason instanceof StopReason ? reason.graceMs * graceShare : 0;
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
