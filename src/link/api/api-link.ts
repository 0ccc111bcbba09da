import { ClxError, isPassing } from "../../domain/errors.ts";
import type { LogLine, Task } from "../../domain/task.ts";
import type { Worker } from "../../domain/worker.ts";
import type {
  ActivateWorkerParams,
  Claim,
  ClaimParams,
  EndedWorker,
  EndWorkerParams,
  ReadyWorkerParams,
  Renewal,
  RenewParams,
  ReportParams,
  Settled,
  Settlement,
  SettleParams,
  Standing,
  Watch,
} from "../../store/task-store.ts";
import { Patience } from "../patience.ts";
import type { WorkerLink } from "../worker-link.ts";
import { HttpCaller } from "./http-caller.ts";
import { listenToBell } from "./listen-to-bell.ts";
import { inPieces } from "./log-pieces.ts";
import {
  batchCap,
  type ClaimAnswer,
  longestWaitMs,
  type Operation,
  type Protocol,
  pathOf,
  type ReportRequest,
  type SettleAnswer,
  type SettleRequest,
} from "./protocol.ts";
import { inBatches } from "./settlement-batches.ts";
import { TaskWaiter } from "./task-waiter.ts";
import { TasksInHand } from "./tasks-in-hand.ts";

export interface ApiLinkParams {
  readonly address: string;
  readonly token: string;
  readonly patienceMs: number;
}

const quietMs = 30_000;
/** Beyond the time that the server may wait by itself. */
const lateMs = 10_000;
/** What is under way when the link closes gets this long. */
const closeGraceMs = 2_000;

/** Through the worker API of a supervisor or server (`protocol.ts`). */
export async function openApiLink(params: ApiLinkParams): Promise<WorkerLink> {
  return new ApiLink(params, await HttpCaller.open(params));
}

class ApiLink implements WorkerLink {
  readonly #caller: HttpCaller;
  readonly #patience: Patience;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #inHand = new TasksInHand();
  /** The last report about each task: its settlement comes after it. */
  readonly #reports = new Map<string, Promise<unknown>>();
  /** Settlements under way: the end of the worker comes after them. */
  readonly #outcomes = new Set<Promise<void>>();
  #waiter: TaskWaiter | undefined;

  constructor({ patienceMs }: ApiLinkParams, caller: HttpCaller) {
    this.#caller = caller;
    this.#patience = new Patience(patienceMs, mayPass);
  }

  async activate({ workerId, now, ...request }: ActivateWorkerParams): Promise<Worker> {
    return (await this.#ask("activate", () => request)).worker;
  }

  async ready(_: ReadyWorkerParams): Promise<void> {
    await this.#ask("ready", () => ({}));
  }

  async claim({ workerId, now, ahead, ...request }: ClaimParams): Promise<Claim> {
    const limit = Math.min(request.limit, batchCap);
    const wish = { ...request, limit };
    const tasks = this.#waiter?.take(wish) ?? [];
    if (tasks.length > 0) return { tasks, standing: "live" };
    const answer = await this.#ask("claim", () => ({ ...wish, inHand: this.#inHand.names() }));
    return this.#claimed(answer, wish);
  }

  settle(params: SettleParams): Promise<Settled> {
    const settled = this.#settle(params);
    const done = settled.then(
      () => void this.#outcomes.delete(done),
      () => void this.#outcomes.delete(done),
    );
    this.#outcomes.add(done);
    return settled;
  }

  async #settle({ workerId, now, ahead, begun, ...request }: SettleParams): Promise<Settled> {
    const standings: Standing[] = [];
    await this.#afterReports(request.settlements.map(({ taskId }) => taskId));
    const all = await this.#tellLongLogs(request.settlements);
    for (const { settlements, isLast } of inBatches(all)) {
      this.#inHand.settle(settlements);
      const limit = isLast ? Math.min(request.limit, batchCap) : 0;
      const wish = { ...request, settlements, limit };
      const answer = await this.#askToSettle(wish);
      standings.push(...answer.standings);
      if (isLast) return { standings, claim: this.#claimed(answer.claim, wish) };
    }
    throw new Error("there is always a last batch");
  }

  async #askToSettle(wish: Omit<SettleRequest, "inHand">): Promise<SettleAnswer> {
    try {
      return await this.#ask("settle", () => ({ ...wish, inHand: this.#inHand.names() }));
    } catch (error) {
      this.#inHand.doubt(wish.settlements);
      throw error;
    }
  }

  /** What one request cannot take is reported before. */
  async #tellLongLogs(settlements: readonly Settlement[]): Promise<readonly Settlement[]> {
    const told: Settlement[] = [];
    for (const settlement of settlements) {
      const { taskId, attempt, logs } = settlement;
      const pieces = inPieces(logs ?? []);
      const last = pieces.at(-1);
      const isLong = last !== undefined && pieces.length > 1;
      if (isLong) await this.#reportPieces({ taskId, attempt }, pieces.slice(0, -1));
      told.push(isLong ? { ...settlement, logs: last } : settlement);
    }
    return told;
  }

  report({ workerId, now, ...request }: ReportParams): Promise<Standing> {
    const { taskId } = request;
    const standing = this.#report(request);
    const reported = standing
      .catch(() => {})
      .then(() => {
        if (this.#reports.get(taskId) === reported) this.#reports.delete(taskId);
      });
    this.#reports.set(taskId, reported);
    return standing;
  }

  async #report({ logs, ...rest }: Omit<ReportRequest, "repeated">): Promise<Standing> {
    if (logs === undefined) return await this.#reportOnce(rest);
    const { taskId, attempt } = rest;
    const pieces = inPieces(logs);
    const standing = await this.#reportPieces({ taskId, attempt }, pieces.slice(0, -1));
    if (standing === "superseded") return standing;
    return await this.#reportOnce({ ...rest, logs: pieces.at(-1) ?? [] });
  }

  async #reportPieces(
    attempt: Pick<ReportRequest, "taskId" | "attempt">,
    pieces: readonly (readonly LogLine[])[],
  ): Promise<Standing> {
    for (const logs of pieces) {
      const standing = await this.#reportOnce({ ...attempt, logs });
      if (standing === "superseded") return standing;
    }
    return "accepted";
  }

  async #reportOnce(request: Omit<ReportRequest, "repeated">): Promise<Standing> {
    const { standing } = await this.#ask("report", (repeated) => ({
      ...request,
      ...(repeated && { repeated }),
    }));
    return standing;
  }

  renew({ workerId, now, ...request }: RenewParams): Promise<Renewal> {
    return this.#ask("renew", () => request, Math.min(quietMs, Math.max(1_000, request.leaseMs)));
  }

  async end({ workerId, now, ...request }: EndWorkerParams): Promise<EndedWorker> {
    await Promise.allSettled([...this.#outcomes, ...this.#reports.values()]);
    return await this.#ask("end", () => request);
  }

  async endSession({ sessionId, reason }: Parameters<WorkerLink["endSession"]>[0]): Promise<void> {
    await this.#ask("end-session", () => ({ sessionId, reason }));
  }

  watch({ workerId, type }: Parameters<WorkerLink["watch"]>[0], onRing: () => void): Watch {
    const bell = listenToBell((request, signal) => this.#poll("watch", request, signal), {
      onRing,
      signal: this.#closing.signal,
    });
    if (type === undefined) return bell;
    this.#waiter?.close();
    const { signal } = this.#closing;
    const waiter = new TaskWaiter({
      claim: (wish) => this.#poll("claim", { ...wish, inHand: this.#inHand.names() }, signal),
      watch: (request) => this.#poll("watch", request, signal),
      isBusy: () => !this.#inHand.isEmpty,
      receive: (tasks) => this.#inHand.receive(tasks),
      giveBack: (tasks) => this.#giveBack(workerId, tasks),
      ...{ onRing, signal },
    });
    this.#waiter = waiter;
    return {
      close: () => {
        bell.close();
        waiter.close();
      },
    };
  }

  hurry(patienceMs: number): void {
    this.#patience.hurry(patienceMs);
  }

  async close(): Promise<void> {
    this.#patience.close();
    this.#waiter?.close();
    const late = setTimeout(() => this.#closing.abort(), closeGraceMs);
    await this.#patience.bound(Promise.allSettled(this.#underWay)).catch(() => {});
    clearTimeout(late);
    this.#closing.abort();
    this.#caller.close();
  }

  async #ask<Name extends Operation>(
    operation: Name,
    requestOf: (repeated: boolean) => Protocol[Name]["request"],
    quiet = quietMs,
  ): Promise<Protocol[Name]["answer"]> {
    let tries = 0;
    const answer = this.#patience.insist(() => {
      const body = requestOf(tries++ > 0);
      const { signal } = this.#closing;
      return this.#caller.call({ path: pathOf(operation), body, signal, quietMs: quiet });
    });
    const done = answer.catch(() => {});
    this.#underWay.add(done);
    try {
      return (await answer) as Protocol[Name]["answer"];
    } finally {
      this.#underWay.delete(done);
    }
  }

  /** Once, and as long as the server may wait; whoever polls does it again. */
  async #poll<Name extends Operation>(
    operation: Name,
    body: Protocol[Name]["request"],
    signal: AbortSignal,
  ): Promise<Protocol[Name]["answer"]> {
    const call = { path: pathOf(operation), body, signal, quietMs: longestWaitMs + lateMs };
    return (await this.#caller.call(call)) as Protocol[Name]["answer"];
  }

  /** On a connection of its own a report could be overtaken by its settlement, and come too late. */
  async #afterReports(taskIds: readonly string[]): Promise<void> {
    for (const id of taskIds) await this.#reports.get(id);
  }

  #claimed({ dueInMs, mark, tasks, standing }: ClaimAnswer, wish: Wish): Claim {
    const news = this.#inHand.receive(tasks);
    const { memoryFree } = wish;
    const limit = standing === "live" ? wish.limit - news.length : 0;
    const appetite = { limit, mark, ...(memoryFree !== undefined && { memoryFree }) };
    this.#waiter?.want(limit > 0 ? appetite : undefined);
    const due = dueInMs !== undefined && { nextDueAt: Date.now() + dueInMs };
    return { tasks: news, standing, ...due };
  }

  /** Nobody will begin them any more. To settle also ends the wait of a claim at the server. */
  #giveBack(workerId: string, tasks: readonly Task[]): void {
    const settlements = tasks.map(({ id: taskId, attempt }) => ({
      ...{ taskId, attempt, outcome: { kind: "released" } as const },
    }));
    const request = { workerId, settlements, limit: 0, now: Date.now(), jitter: Math.random() };
    this.settle(request).catch(() => {}); // then its end gives them back
  }
}

type Wish = Pick<ClaimParams, "limit" | "memoryFree">;

/** Whoever holds an outcome waits for its server, whoever answers in its place meanwhile. */
function mayPass(error: unknown): boolean {
  if (isPassing(error)) return true;
  return error instanceof ClxError && passing.has(error.code);
}

const passing: ReadonlySet<string> = new Set([
  "unreachable",
  "internal",
  "too_many_requests",
  "shutting_down",
  "store_closed",
  "interrupted",
]);
