import { ClxError, isPassing } from "../../domain/errors.ts";
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
import { batchCap, type ClaimAnswer, type Operation, type Protocol, pathOf } from "./protocol.ts";
import { RingListener } from "./ring-listener.ts";
import { inBatches } from "./settlement-batches.ts";

export interface ApiLinkParams {
  readonly address: string;
  readonly token: string;
  readonly patienceMs: number;
}

const quietMs = 30_000;
/** What is under way when the link closes gets this long. */
const closeGraceMs = 2_000;

/** Through the worker API of a supervisor or server (`protocol.ts`). */
export async function openApiLink(params: ApiLinkParams): Promise<WorkerLink> {
  return new ApiLink(params, await HttpCaller.open(params));
}

class ApiLink implements WorkerLink {
  readonly #caller: HttpCaller;
  readonly #patience: Patience;
  readonly #rings: RingListener;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  /** Ids of the tasks that were claimed here and not settled. */
  readonly #inHand = new Set<string>();
  /** The last report about each task: its settlement comes after it. */
  readonly #reports = new Map<string, Promise<unknown>>();

  constructor({ patienceMs }: ApiLinkParams, caller: HttpCaller) {
    this.#caller = caller;
    this.#patience = new Patience(patienceMs, mayPass);
    this.#rings = new RingListener({
      poll: (request, { signal, quietMs }) =>
        this.#caller.call({ path: pathOf("watch"), body: request, signal, quietMs }) as Promise<
          Protocol["watch"]["answer"]
        >,
    });
  }

  async activate({ workerId, now, ...request }: ActivateWorkerParams): Promise<Worker> {
    return (await this.#ask("activate", () => request)).worker;
  }

  async ready(_: ReadyWorkerParams): Promise<void> {
    await this.#ask("ready", () => ({}));
  }

  async claim({ workerId, now, ...request }: ClaimParams): Promise<Claim> {
    const limit = Math.min(request.limit, batchCap);
    const answer = await this.#ask("claim", () => ({
      ...request,
      ...{ limit, inHand: [...this.#inHand] },
    }));
    return this.#received(answer, limit);
  }

  async settle({ workerId, now, ...request }: SettleParams): Promise<Settled> {
    const standings: Standing[] = [];
    await this.#afterReports(request.settlements.map(({ taskId }) => taskId));
    for (const { settlements, isLast } of inBatches(request.settlements)) {
      for (const { taskId } of settlements) this.#inHand.delete(taskId);
      const limit = isLast ? Math.min(request.limit, batchCap) : 0;
      const answer = await this.#ask("settle", () => ({
        ...request,
        ...{ settlements, limit, inHand: [...this.#inHand] },
      }));
      standings.push(...answer.standings);
      if (isLast) return { standings, claim: this.#received(answer.claim, limit) };
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

  end({ workerId, now, ...request }: EndWorkerParams): Promise<EndedWorker> {
    return this.#ask("end", () => request);
  }

  async endSession({ sessionId, reason }: Parameters<WorkerLink["endSession"]>[0]): Promise<void> {
    await this.#ask("end-session", () => ({ sessionId, reason }));
  }

  watch({ type }: Parameters<WorkerLink["watch"]>[0], onRing: () => void): Watch {
    return this.#rings.listen({ work: type !== undefined, onRing });
  }

  hurry(patienceMs: number): void {
    this.#patience.hurry(patienceMs);
  }

  async close(): Promise<void> {
    this.#patience.close();
    this.#rings.close();
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
      const path = pathOf(operation);
      return this.#caller.call({ path, body, signal, quietMs: quiet });
    });
    const done = answer.catch(() => {});
    this.#underWay.add(done);
    try {
      return (await answer) as Protocol[Name]["answer"];
    } finally {
      this.#underWay.delete(done);
    }
  }

  /** On its own connection a report could be overtaken by its settlement, and come too late. */
  async #afterReports(taskIds: readonly string[]): Promise<void> {
    for (const id of taskIds) await this.#reports.get(id);
  }

  #received({ dueInMs, mark, ...claim }: ClaimAnswer, limit: number): Claim {
    for (const { id } of claim.tasks) this.#inHand.add(id);
    this.#rings.claimed({ mark, isHungry: claim.tasks.length < limit });
    return { ...claim, ...(dueInMs !== undefined && { nextDueAt: Date.now() + dueInMs }) };
  }
}

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
