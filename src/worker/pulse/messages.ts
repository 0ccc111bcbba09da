import type { LinkSpec, ThreadHost, WorkerTiming } from "../../domain/launch.ts";
import type { StopReason } from "../handler.ts";
import type { BoardEntry } from "./attempt-board.ts";
import type { Departure } from "./departure.ts";
import type { ParentSigns } from "./parent-look.ts";

export type StopKind = StopReason["kind"];

/** In a process of its own, which may be killed; or in a thread of somebody's, who ends that. */
export type WorkerHosting = "process" | ThreadHost;

/** What the thread is given at its start. */
export interface PulseSeed {
  readonly workerId: string;
  readonly sessionId?: string;
  readonly hosting: WorkerHosting;
  readonly link: LinkSpec;
  readonly timing: WorkerTiming;
  readonly memoryLimit?: number;
  readonly logPath?: string;
  /** Leave when this one is gone. */
  readonly parent?: ParentSigns;
  readonly attempts: SharedArrayBuffer;
  readonly usage: SharedArrayBuffer;
  readonly logTails: SharedArrayBuffer;
}

export interface AttemptName {
  readonly taskId: string;
  readonly attempt: number;
}

/** An attempt that begins in a moment: the board tells when it has, and when it is over. */
export interface Announced extends AttemptName, BoardEntry {
  readonly timeoutMs?: number;
  /** Of one that was taken ahead: it begins by then, by the monotonic clock, or is given back. */
  readonly aheadUntil?: number;
}

export interface Beginning extends Announced {
  /** By the monotonic clock. */
  readonly startedAt: number;
}

export type ToPulse =
  | { readonly kind: "announce"; readonly attempts: readonly Announced[] }
  | ({ readonly kind: "superseded" } & AttemptName)
  | { readonly kind: "release_all"; readonly message: string }
  | { readonly kind: "parent_gone" }
  /** The store has said that the worker is gone, and not why. */
  | { readonly kind: "look" }
  | { readonly kind: "gone" }
  | { readonly kind: "depart"; readonly departure: Departure };

export type FromPulse =
  | ({
      readonly kind: "stop";
      readonly reason: StopKind;
      readonly message: string;
      readonly graceMs: number;
      /** By the monotonic clock: the grace runs from here, however late the message is heard. */
      readonly askedAt: number;
    } & AttemptName)
  | { readonly kind: "draining" }
  | { readonly kind: "gone" }
  | { readonly kind: "parent_gone" }
  /** After an attempt was stopped for its memory, or while none runs. */
  | { readonly kind: "memory"; readonly excess?: string }
  | { readonly kind: "store_lost"; readonly message: string }
  /** In a thread only: the attempt was settled over the head of its handler. */
  | { readonly kind: "gave_up"; readonly message: string }
  | { readonly kind: "departed"; readonly error?: string };

export function nameOf({ taskId, attempt }: AttemptName): string {
  return `${taskId}#${attempt}`;
}
