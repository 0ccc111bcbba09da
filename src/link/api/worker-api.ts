import { ClxError, errorFacts } from "../../domain/errors.ts";
import type { Task } from "../../domain/task.ts";
import type { Worker } from "../../domain/worker.ts";
import { isLive } from "../../domain/worker-state.ts";
import { isAlive } from "../../machine/process-identity.ts";
import type { TaskStore, Topic } from "../../store/task-store.ts";
import { Bells } from "./bells.ts";
import { checkRequest } from "./check-request.ts";
import { isLastOfLog } from "./is-last-of-log.ts";
import {
  type ClaimAnswer,
  type ClaimRequest,
  type ErrorAnswer,
  longestWaitMs,
  type Operation,
  type Protocol,
  protocolVersion,
  versionHeader,
} from "./protocol.ts";
import { operationOf, readJson } from "./read-request.ts";
import { Turns } from "./turns.ts";
import type { WorkerTokens } from "./worker-tokens.ts";

export interface WorkerApiParams {
  readonly store: TaskStore;
  readonly tokens: WorkerTokens;
  readonly now?: () => number;
  /** Told of what is nobody's answer: our own faults. */
  readonly onError?: (error: unknown) => void;
}

/** Of one worker; beyond these the oldest is answered at once. */
const mostPolls = 8;
/** Makes good a ring of the store that got lost. */
const slowPollMs = 2_000;

interface Visit {
  readonly workerId: string;
  readonly signal: AbortSignal;
}

type Does = {
  readonly [Name in Operation]: (
    visit: Visit,
    request: Protocol[Name]["request"],
  ) => Promise<Protocol[Name]["answer"]>;
};

/** The server's side of the worker API (`protocol.ts`), wherever it is mounted. */
export class WorkerApi {
  readonly #store: TaskStore;
  readonly #tokens: WorkerTokens;
  readonly #now: () => number;
  readonly #onError: (error: unknown) => void;
  readonly #bells: Bells;
  readonly #turns = new Turns();
  readonly #types = new Map<string, string>();
  readonly #polls = new Map<string, AbortController[]>();
  /** The claim of each worker that may wait. */
  readonly #waiting = new Map<string, AbortController>();
  #isClosed = false;

  constructor({ store, tokens, now = Date.now, onError = () => {} }: WorkerApiParams) {
    this.#store = store;
    this.#tokens = tokens;
    this.#now = now;
    this.#onError = onError;
    this.#bells = new Bells(store);
  }

  /** For requests to any path below `/worker-api/`. Never rejects. */
  async fetch(request: Request): Promise<Response> {
    try {
      const operation = operationOf(request);
      if (this.#isClosed) throw new ClxError("shutting_down", "the worker API is closing");
      const workerId = this.#workerOf(request);
      const body = checkRequest(operation, await readJson(request));
      const visit = { workerId, signal: request.signal };
      return answerWith(await this.#perform(operation, visit, body), 200);
    } catch (error) {
      return this.#refusal(error);
    }
  }

  /** Whoever waits for a ring is answered, and whoever comes is asked to come again. */
  close(): void {
    this.#isClosed = true;
    this.#bells.close();
  }

  #perform<Name extends Operation>(
    operation: Name,
    visit: Visit,
    request: Protocol[Name]["request"],
  ): Promise<Protocol[Name]["answer"]> {
    return this.#does[operation](visit, request);
  }

  readonly #does: Does = {
    activate: (visit, request) => this.#activate(visit, request),
    ready: async ({ workerId }) => {
      await this.#store.readyWorker({ workerId, now: this.#now() });
      return {};
    },
    claim: (visit, request) => this.#claim(visit, request),
    settle: (visit, request) => this.#settle(visit, request),
    report: (visit, request) => this.#report(visit, request),
    renew: ({ workerId }, request) => this.#store.renew({ ...request, workerId, now: this.#now() }),
    drain: ({ workerId }) => this.#turns.take(workerId, () => this.#drain(workerId)),
    end: ({ workerId }, request) =>
      this.#turns.take(workerId, () =>
        this.#store.endWorker({ ...request, workerId, now: this.#now() }),
      ),
    "end-session": (visit, request) => this.#endSession(visit, request),
    watch: (visit, request) => this.#watch(visit, request),
  };

  #workerOf(request: Request): string {
    const [scheme = "", token = ""] = (request.headers.get("authorization") ?? "").split(" ");
    const workerId = scheme.toLowerCase() === "bearer" ? this.#tokens.workerOf(token) : undefined;
    if (workerId !== undefined) return workerId;
    throw new ClxError(
      "unauthorised",
      "this needs the token of a worker (Authorization: Bearer …), made for this project; whoever starts the worker gives it one",
    );
  }

  async #activate(
    { workerId }: Visit,
    request: Protocol["activate"]["request"],
  ): Promise<Protocol["activate"]["answer"]> {
    try {
      const now = this.#now();
      return { worker: await this.#store.activateWorker({ ...request, workerId, now }) };
    } catch (error) {
      const worker = await this.#store.findWorker(workerId);
      if (worker !== undefined && isActiveAs(worker, request)) return { worker };
      throw error;
    }
  }

  async #claim(visit: Visit, request: ClaimRequest): Promise<ClaimAnswer> {
    const { waitMs = 0 } = request;
    const until = performance.now() + Math.min(waitMs, longestWaitMs);
    const mayWait = this.#beginWait(visit);
    const topics = await this.#workOf(visit);
    try {
      for (;;) {
        const seen = this.#bells.mark(topics);
        const claim = await this.#turns.take(visit.workerId, () =>
          this.#claimOnce(visit, request, seen),
        );
        const leftMs = until - performance.now();
        const isAnswer = claim.tasks.length > 0 || claim.standing !== "live";
        if (isAnswer || leftMs <= 0 || mayWait.signal.aborted) return claim;
        await this.#bells.wait({
          ...{ topics, seen, signal: mayWait.signal },
          waitMs: Math.min(claim.dueInMs ?? leftMs, leftMs, slowPollMs),
        });
        if (mayWait.signal.aborted || this.#isClosed) return claim;
      }
    } finally {
      this.#endWait(visit, mayWait);
    }
  }

  async #claimOnce(visit: Visit, request: ClaimRequest, mark: string): Promise<ClaimAnswer> {
    const { workerId, signal } = visit;
    signal.throwIfAborted();
    const { limit, memoryFree } = request;
    const again = await this.#neverHeardOf(workerId, request);
    const now = this.#now();
    const { nextDueAt, ...claim } = await this.#store.claim({
      ...{ workerId, limit: limit - again.length, now },
      ...(memoryFree !== undefined && { memoryFree }),
    });
    return { ...claim, ...dueIn(nextDueAt, now), tasks: [...again, ...claim.tasks], mark };
  }

  async #settle(
    visit: Visit,
    { inHand, ...request }: Protocol["settle"]["request"],
  ): Promise<Protocol["settle"]["answer"]> {
    const { workerId } = visit;
    this.#waiting.get(workerId)?.abort();
    const mark = this.#bells.mark(await this.#workOf(visit));
    return await this.#turns.take(workerId, async () => {
      visit.signal.throwIfAborted();
      const settling = request.settlements.map(({ taskId }) => taskId);
      const known = { inHand: [...inHand, ...settling], limit: request.limit };
      const again = await this.#neverHeardOf(workerId, known);
      const limit = request.limit - again.length;
      const now = this.#now();
      const { standings, claim } = await this.#store.settle({ ...request, workerId, limit, now });
      const { nextDueAt, tasks, standing } = claim;
      return {
        standings,
        claim: { standing, ...dueIn(nextDueAt, now), tasks: [...again, ...tasks], mark },
      };
    });
  }

  /** Aborted when the worker is gone, or says something newer; then nobody waits for it. */
  #beginWait({ workerId, signal }: Visit): AbortController {
    this.#waiting.get(workerId)?.abort();
    const wait = new AbortController();
    signal.addEventListener("abort", () => wait.abort(), { once: true });
    this.#waiting.set(workerId, wait);
    return wait;
  }

  #endWait({ workerId }: Visit, wait: AbortController): void {
    if (this.#waiting.get(workerId) === wait) this.#waiting.delete(workerId);
  }

  async #report(
    { workerId, signal }: Visit,
    { repeated = false, ...request }: Protocol["report"]["request"],
  ): Promise<Protocol["report"]["answer"]> {
    const { taskId, attempt, logs = [] } = request;
    return await this.#turns.take(`${workerId} ${taskId}`, async () => {
      signal.throwIfAborted();
      const given = { ...request, workerId, now: this.#now() };
      const isKnown = repeated && (await isLastOfLog(this.#store, { taskId, attempt, logs }));
      const { logs: _, ...rest } = given;
      return { standing: await this.#store.report(isKnown ? rest : given) };
    });
  }

  async #drain(workerId: string): Promise<Record<string, never>> {
    const worker = await this.#store.findWorker(workerId);
    const isDone = worker === undefined || worker.state === "draining" || !isLive(worker.state);
    if (!isDone) await this.#store.changeWorker({ workerId, event: "drain", now: this.#now() });
    return {};
  }

  async #endSession(
    { workerId }: Visit,
    { sessionId, reason }: Protocol["end-session"]["request"],
  ): Promise<Record<string, never>> {
    const worker = await this.#store.findWorker(workerId);
    if (worker?.sessionId !== sessionId) {
      throw new ClxError("forbidden", `worker ${workerId} is not of the session ${sessionId}`);
    }
    const session = await this.#store.findSession(sessionId);
    if (session !== undefined && isAlive(session.process) === true) {
      throw new ClxError("forbidden", `the process that opened the session ${sessionId} runs`);
    }
    await this.#store.endSession({ sessionId, reason, now: this.#now() });
    return {};
  }

  async #watch(
    visit: Visit,
    { work = false, seen, waitMs }: Protocol["watch"]["request"],
  ): Promise<Protocol["watch"]["answer"]> {
    const { workerId, signal } = visit;
    const poll = new AbortController();
    signal.addEventListener("abort", () => poll.abort(), { once: true });
    const polls = this.#polls.get(workerId) ?? [];
    this.#polls.set(workerId, polls);
    if (polls.push(poll) > mostPolls) polls.shift()?.abort();
    try {
      return await this.#bells.wait({
        topics: work ? await this.#workOf(visit) : [{ kind: "worker", workerId }],
        ...{ seen, signal: poll.signal },
        waitMs: Math.min(waitMs, longestWaitMs),
      });
    } finally {
      if (polls.includes(poll)) polls.splice(polls.indexOf(poll), 1);
      if (polls.length === 0) this.#polls.delete(workerId);
    }
  }

  /** What the worker holds and does not know of, because an answer was lost. */
  async #neverHeardOf(
    workerId: string,
    { inHand, limit }: Pick<ClaimRequest, "inHand" | "limit">,
  ): Promise<readonly Task[]> {
    if (limit === 0) return [];
    const worker = await this.#store.findWorker(workerId);
    const lost = worker?.taskIds.filter((id) => !inHand.includes(id)).slice(0, limit) ?? [];
    const tasks = await Promise.all(lost.map((id) => this.#store.findTask(id)));
    return tasks.filter(
      (task): task is Task => task?.state === "running" && task.workerId === workerId,
    );
  }

  /** What rings when a claim of the worker may find more, or may be told something else. */
  async #workOf({ workerId }: Visit): Promise<readonly Topic[]> {
    const own: Topic = { kind: "worker", workerId };
    const type = await this.#typeOf(workerId);
    return type === undefined ? [own] : [own, { kind: "work", type }];
  }

  async #typeOf(workerId: string): Promise<string | undefined> {
    const known = this.#types.get(workerId);
    if (known !== undefined) return known;
    const type = (await this.#store.findWorker(workerId))?.type;
    if (this.#types.size > 10_000) this.#types.clear();
    if (type !== undefined) this.#types.set(workerId, type);
    return type;
  }

  #refusal(error: unknown): Response {
    const code = error instanceof ClxError ? error.code : "internal";
    const { status } = errorFacts[code];
    const isOurFault = status >= 500 && code !== "shutting_down";
    if (isOurFault && !isAbort(error)) this.#onError(error);
    const message = isOurFault ? faultWords(code) : (error as ClxError).message;
    const answer: ErrorAnswer = { error: { code, message } };
    const more: Record<string, string> = {};
    if (status === 401) more["WWW-Authenticate"] = "Bearer";
    if (status === 413) more.Connection = "close";
    return answerWith(answer, status, more);
  }
}

function answerWith(body: object, status: number, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "Content-Type": "application/json",
      [versionHeader]: String(protocolVersion),
      ...headers,
    },
  });
}

function dueIn(at: number | undefined, now: number): { readonly dueInMs?: number } {
  return at === undefined ? {} : { dueInMs: Math.max(0, at - now) };
}

function isActiveAs({ state, process }: Worker, request: Protocol["activate"]["request"]): boolean {
  const { pid, startedAt, host } = request.process;
  const isLive = state === "created" || state === "idle";
  const isSame = process?.pid === pid && process.startedAt === startedAt && process.host === host;
  return isLive && isSame;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function faultWords(code: string): string {
  if (code === "store_full") return "the disk of the store is full";
  if (code.startsWith("store_")) return `the store cannot be used just now (${code})`;
  return "something went wrong in the server; its log has more";
}
