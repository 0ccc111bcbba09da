import type { Task } from "../../domain/task.ts";
import type { Worker } from "../../domain/worker.ts";
import type {
  ActivateWorkerParams,
  ClaimParams,
  EndedWorker,
  EndWorkerParams,
  Renewal,
  RenewParams,
  ReportParams,
  SettleParams,
  Standing,
} from "../../store/task-store.ts";

/**
 * The worker API: what a worker may do that has no database of its own to open, in a container
 * or on another machine. `docs/worker-api.md` tells it to whoever writes another client.
 *
 * Theory of operation
 *
 * Form. HTTP/1.1 over a unix socket or TCP; each operation is a POST of a JSON object to
 * `/worker-api/v1/<operation>`, and answers with one. `Clx-Worker-Api` names the version of
 * whoever sends, in requests and answers. A request of another version is refused with 426 and
 * `worker_api_mismatch`, which names both.
 *
 * Who. The bearer token is `<worker's id>.<proof>`; the proof is an HMAC of the id under a secret
 * of the project. So the token says whose it is, nobody can make one for another worker, and
 * the next server of the same project knows it again. No operation takes a worker's id: a worker
 * can speak of itself alone. Tasks are named with their attempt, and the store's fence sees to it
 * that nothing of a task is changed or told unless the worker holds it.
 *
 * Clocks. Two machines do not agree on the time. `now` is always the server's: no request has
 * one, and what is due is told as so many milliseconds from now. Times of log lines and of
 * progress are the worker's.
 *
 * Repeating. An answer may be lost after its request was done. Whatever failed for a reason that
 * may pass (no answer, 429, 5xx) is asked again, with `repeated: true` where there is one:
 *
 *   claim     The worker names the tasks that it has in hand; those that it holds beyond these, by
 *             the store, it may never have heard of, and gets them first. (If it has, meanwhile,
 *             it sees that by id and attempt.)
 *   settle    An attempt that this worker has settled already is `accepted` again.
 *   report    Lines that are the last of the task's log already are not added again.
 *   activate  The process that activated the worker gets its row again.
 *   the rest  says the same twice.
 *
 * A server does what one worker asks for in the order in which it came.
 *
 * Waiting. A claim that finds nothing waits for `waitMs` when told so, and is answered within
 * milliseconds of the commit that brings a task. Any other claim or settlement of the worker ends
 * the wait. `watch` waits for the bell of the worker itself, which rings when others want something
 * of it (a cancellation, draining): it answers as soon as there is a ring that is newer than
 * `seen`, or after `waitMs` without one; then `renew` tells what it was. With `work` it waits for
 * tasks as well, without claiming any.
 *
 * Errors are `{error: {code, message}}`, with the codes of `docs/errors.md` and their statuses.
 */
export const protocolVersion = 1;

export const versionHeader = "Clx-Worker-Api";

/** All versions; what follows it is the version's. */
export const apiPrefix = "/worker-api/";

export const operations = [
  "activate",
  "ready",
  "claim",
  "settle",
  "report",
  "renew",
  "drain",
  "end",
  "end-session",
  "watch",
] as const;

export type Operation = (typeof operations)[number];

export function pathOf(operation: Operation | "register"): string {
  return `${apiPrefix}v${protocolVersion}/${operation}`;
}

/** No request is larger; a claim's answer is as large as its tasks are. */
export const requestCap = 16_777_216;

/** A longer wish to wait is cut to this. */
export const longestWaitMs = 25_000;

/** More tasks are not given by one call, and no more attempts settled. */
export const batchCap = 256;

/** What each operation takes and answers. */
export interface Protocol {
  activate: {
    readonly request: Own<ActivateWorkerParams>;
    readonly answer: { readonly worker: Worker };
  };
  ready: { readonly request: Nothing; readonly answer: Nothing };
  claim: { readonly request: ClaimRequest; readonly answer: ClaimAnswer };
  settle: { readonly request: SettleRequest; readonly answer: SettleAnswer };
  report: { readonly request: ReportRequest; readonly answer: { readonly standing: Standing } };
  renew: { readonly request: Own<RenewParams>; readonly answer: Renewal };
  drain: { readonly request: Nothing; readonly answer: Nothing };
  end: { readonly request: Own<EndWorkerParams>; readonly answer: EndedWorker };
  "end-session": {
    readonly request: { readonly sessionId: string; readonly reason: string };
    readonly answer: Nothing;
  };
  watch: { readonly request: WatchRequest; readonly answer: WatchAnswer };
}

/** Who and when are the server's to say. */
type Own<Params> = Omit<Params, "workerId" | "now">;

type Nothing = Record<string, never>;

export interface ClaimRequest extends Own<ClaimParams> {
  /** Ids of the tasks that the worker has begun, or is about to. */
  readonly inHand: readonly string[];
  /** Answer when there is a task, the worker is to leave, or this time is over; at once if absent. */
  readonly waitMs?: number;
}

export interface ClaimAnswer {
  readonly tasks: readonly Task[];
  /** When the next task that waits for its time becomes due, from now. */
  readonly dueInMs?: number;
  readonly standing: "live" | "draining" | "gone";
  /** Of the bell, before the claim looked. */
  readonly mark: string;
}

export interface SettleRequest extends Own<SettleParams> {
  /** As for a claim, after the settlements. */
  readonly inHand: readonly string[];
}

export interface SettleAnswer {
  readonly standings: readonly Standing[];
  readonly claim: ClaimAnswer;
}

export interface ReportRequest extends Own<ReportParams> {
  readonly repeated?: boolean;
}

export interface WatchRequest {
  /** Rings for due tasks of its type are wanted too. */
  readonly work?: boolean;
  /** The mark of the last answer. Without one the answer comes at once, with the first. */
  readonly seen?: string;
  readonly waitMs: number;
}

export interface WatchAnswer {
  readonly rung: boolean;
  readonly mark: string;
}

export interface ErrorAnswer {
  readonly error: { readonly code: string; readonly message: string };
}

/**
 * How a worker of another machine comes to be: `register`, with an API key of the server that has
 * the role operator, in place of a worker's token.
 */
export interface RegisterRequest {
  readonly type: string;
  readonly queue: string;
  readonly concurrency: number;
  readonly expectedMemory: number;
  readonly memoryLimit?: number;
  /** For people: where its configuration came from. */
  readonly configSource?: string;
  /** 32 random bytes or more, hexadecimal, made for this registration: repeated, it is the same. */
  readonly nonce: string;
}

export interface RegisterAnswer {
  readonly workerId: string;
  /** For `activate`. */
  readonly launchToken: string;
  /** For everything from then on. */
  readonly token: string;
}
