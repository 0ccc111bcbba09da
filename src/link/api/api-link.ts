import { ClxError, isPassing } from "../../domain/errors.ts";
import type { Task } from "../../domain/task.ts";
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
  SettleParams,
  Standing,
  Watch,
} from "../../store/task-store.ts";
import { Patience } from "../patience.ts";
import type { WorkerLink } from "../worker-link.ts";
import { HttpCaller } from "./http-caller.ts";
import { listenToBell } from "./listen-to-bell.ts";
import {
  batchCap,
  type ClaimAnswer,
  longestWaitMs,
  type Operation,
  type Protocol,
  pathOf,
} from "./protocol.ts";
import { inBatches } from "./settlement-batches.ts";
import { TaskWaiter } from "./task-waiter.ts";

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
  /** The attempt of each task that was claimed here and not settled. */
  readonly #inHand = new Map<string, number>();
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

  async claim({ workerId, now, ...request }: ClaimParams): Promise<Claim> {
    const limit = Math.min(request.limit, batchCap);
    const wish = { ...request, limit };
    const tasks = this.#waiter?.take(wish) ?? [];
    if (tasks.length > 0) return { tasks, standing: "live" };
    const answer = await this.#ask("claim", () => ({ ...wish, inHand: this.#namesInHand() }));
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

  async #settle({ workerId, now, ...request }: SettleParams): Promise<Settled> {
    const standings: Standing[] = [];
    await this.#afterReports(request.settlements.map(({ taskId }) => taskId));
    for (const { settlements, isLast } of inBatches(request.settlements)) {
      for (const { taskId } of settlements) this.#inHand.delete(taskId);
      const limit = isLast ? Math.min(request.limit, batchCap) : 0;
      const wish = { ...request, settlements, limit };
      const answer = await this.#ask("settle", () => ({ ...wish, inHand: this.#namesInHand() }));
      standings.push(...answer.standings);
      if (isLast) return { standings, claim: this.#claimed(answer.claim, wish) };
    }
    throw new Error("there is always a last batch");
  }

  report({ workerId, now, ...request }: ReportParams): Promise<Standing> {
    const { taskId } = request;
    const standing = this.#ask("report", (repeated) => ({
      ...request,
      ...(repeated && { repeated }),
    })).then((answer) => answer.standing);
    const reported = standing
      .catch(() => {})
      .then(() => {
        if (this.#reports.get(taskId) === reported) this.#reports.delete(taskId);
      });
    this.#reports.set(taskId, reported);
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
      claim: (wish) => this.#poll("claim", { ...wish, inHand: this.#namesInHand() }, signal),
      watch: (request) => this.#poll("watch", request, signal),
      isBusy: () => this.#inHand.size > 0,
      receive: (tasks) => this.#received(tasks),
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
    const news = this.#received(tasks);
    const { memoryFree } = wish;
    const limit = standing === "live" ? wish.limit - news.length : 0;
    const appetite = { limit, mark, ...(memoryFree !== undefined && { memoryFree }) };
    this.#waiter?.want(limit > 0 ? appetite : undefined);
    const due = dueInMs !== undefined && { nextDueAt: Date.now() + dueInMs };
    return { tasks: news, standing, ...due };
  }

  /** A claim that waited may have brought, meanwhile, what another is given again. */
  #received(tasks: readonly Task[]): readonly Task[] {
    const news = tasks.filter(({ id, attempt }) => this.#inHand.get(id) !== attempt);
    for (const { id, attempt } of news) this.#inHand.set(id, attempt);
    return news;
  }

  /** Nobody will begin them any more. To settle also ends the wait of a claim at the server. */
  #giveBack(workerId: string, tasks: readonly Task[]): void {
    const settlements = tasks.map(({ id: taskId, attempt }) => ({
      ...{ taskId, attempt, outcome: { kind: "released" } as const },
    }));
    const request = { workerId, settlements, limit: 0, now: Date.now(), jitter: Math.random() };
    this.settle(request).catch(() => {}); // then its end gives them back
  }

  #namesInHand(): readonly string[] {
    return [...this.#inHand.keys()];
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
