import type { LinkSpec } from "../domain/launch.ts";
import type { Worker } from "../domain/worker.ts";
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
} from "../store/task-store.ts";

/**
 * How a worker reaches the store: what it may do there, and nothing else.
 *
 * The meaning of each operation is the store's (`store/task-store.ts`). A link adds patience:
 * while the store cannot be reached, is locked or its disk is full, a call waits and tries
 * again, with growing pauses, for as long as `patienceMs` says; a worker that holds an outcome
 * keeps it and reports it when the store is back. What cannot pass (superseded, refused) is
 * answered at once. What is reported, settled and ended is done in the order of the calls, whether
 * or not somebody waits in between. `close` ends the waiting, and `hurry` shortens it for whoever has to end soon.
 */
export interface WorkerLink {
  activate(params: ActivateWorkerParams): Promise<Worker>;
  ready(params: ReadyWorkerParams): Promise<void>;
  claim(params: ClaimParams): Promise<Claim>;
  settle(params: SettleParams): Promise<Settled>;
  report(params: ReportParams): Promise<Standing>;
  renew(params: RenewParams): Promise<Renewal>;
  /** The worker ends itself: it leaves, or it tells why it cannot go on. */
  end(params: EndWorkerParams): Promise<EndedWorker>;
  /** A session's worker whose parent has died closes the session behind it. */
  endSession(params: {
    readonly sessionId: string;
    readonly reason: string;
    readonly now: number;
  }): Promise<void>;
  /**
   * Rings when somebody wants something of the worker and, given a type, when work of it may be
   * there. It may ring too often, and need not ring for work unless the last claim found less
   * than it could take. Of the watches with a type only the last one counts.
   */
  watch(params: { readonly workerId: string; readonly type?: string }, onRing: () => void): Watch;
  /**
   * From now on no call lasts longer than this, whatever keeps it, nor do those under way; then
   * it is refused with `store_busy`, and nobody knows whether it will still be done.
   */
  hurry(patienceMs: number): void;
  close(): Promise<void>;
}

/** Gives links to workers that cannot open the database: those of other machines and containers. */
export interface WorkerLinks {
  /** For one worker, who alone may have it. */
  linkFor(workerId: string): Promise<LinkSpec>;
  /** For workers that have a link of an earlier supervisor, and wait for the next. */
  open(): Promise<void>;
  close(): Promise<void>;
}
