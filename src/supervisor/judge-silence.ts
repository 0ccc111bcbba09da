import { span } from "../domain/time-words.ts";
import type { WorkerState } from "../domain/worker-state.ts";

/**
 * Is a live row of the workers' table a live worker, and may we do something about it?
 *
 * Theory of operation
 *
 * Proof beats patience. A process of this host is known by pid and start: when it is gone, its
 * worker is buried at once. Only where we cannot look (another machine, another pid namespace)
 * does silence count as death, and only silence that we have watched ourselves: `silentMs` is
 * how long we have seen the same number of beats, on our own monotonic clock, so that neither a
 * clock that jumps nor a pause of our own lapses anybody.
 *
 * A worker that lives and is silent first shows as `hung`. It may come back; its tasks stay its
 * own. When it stays silent for `stalledAfterMs`, its tree is ended, and only after that are its
 * tasks given back: two attempts never run at once.
 *
 * Whose it is decides who may act. A worker whose parent lives is its parent's matter. If the
 * parent does not bury a dead one within `handoverMs`, anybody may: the proof is the same.
 * A worker without a living parent is anybody's: one that is not meant to outlive its parent
 * has `leaveMs` to notice and go; a persistent one goes on. A standalone worker that hangs with
 * empty hands is left alone: somebody may have stopped it at their terminal.
 */
export function judgeSilence(signs: WorkerSigns, limits: SilenceLimits): SilenceVerdict {
  if (signs.process === "gone") return judgeGone(signs, limits);
  if (signs.keeper === "other") return well;
  if (signs.state === "created") return judgeCreated(signs, limits);
  if (signs.process !== "alive" && signs.keeper === "nobody") return judgeFar(signs, limits);
  return judgeNear(signs, limits);
}

export interface WorkerSigns {
  readonly state: WorkerState;
  readonly process: ProcessSign;
  /** `us`: in our care. `other`: its parent lives. `nobody`: its parent is gone, or it had none. */
  readonly keeper: "us" | "other" | "nobody";
  /** It was started by a supervisor, which is gone. */
  readonly orphaned: boolean;
  readonly persistent: boolean;
  readonly holdsTasks: boolean;
  /** All as we have watched it, on our own clock. */
  readonly seenMs: number;
  readonly silentMs: number;
  readonly goneMs: number;
  readonly orphanedMs: number;
}

/** `hidden`: of a place where we cannot look. `none`: none is known. */
export type ProcessSign = "alive" | "gone" | "hidden" | "none";

export interface SilenceLimits {
  readonly leaseMs: number;
  readonly stalledAfterMs: number;
  readonly startupTimeoutMs: number;
  /** How long a worker may take to leave once its parent is gone. */
  readonly leaveMs: number;
  /** How long a living parent has to bury its dead. */
  readonly handoverMs: number;
}

export type SilenceVerdict =
  | { readonly kind: "well" }
  /** Show it as hung, or as responding again. */
  | { readonly kind: "hang" }
  | { readonly kind: "respond" }
  /** It is no more: end its row, its remains first. */
  | { readonly kind: "bury"; readonly failure: "worker_died" | "lease_lost"; readonly why: string }
  /** It lives and must not: end its tree, then its row. */
  | { readonly kind: "kill"; readonly failure: "worker_died" | "lease_lost"; readonly why: string };

const well: SilenceVerdict = { kind: "well" };

function judgeGone({ keeper, goneMs }: WorkerSigns, limits: SilenceLimits): SilenceVerdict {
  if (keeper === "us") return well;
  if (keeper === "other" && goneMs < limits.handoverMs) return well;
  return { kind: "bury", failure: "worker_died", why: "its process is gone" };
}

function judgeCreated(signs: WorkerSigns, limits: SilenceLimits): SilenceVerdict {
  if (signs.keeper === "us") return well;
  if (signs.process === "none" && signs.orphaned) {
    return { kind: "bury", failure: "worker_died", why: "its supervisor ended before starting it" };
  }
  if (signs.process === "alive" && isLate(signs, limits)) return orphan;
  if (signs.seenMs < limits.startupTimeoutMs) return well;
  const why = `it was not ready within ${span(limits.startupTimeoutMs)}`;
  return { kind: signs.process === "alive" ? "kill" : "bury", failure: "worker_died", why };
}

function judgeFar({ silentMs }: WorkerSigns, { leaseMs }: SilenceLimits): SilenceVerdict {
  if (silentMs < leaseMs) return well;
  return { kind: "bury", failure: "lease_lost", why: `no heartbeat for ${span(silentMs)}` };
}

function judgeNear(signs: WorkerSigns, limits: SilenceLimits): SilenceVerdict {
  if (signs.keeper === "nobody" && isLate(signs, limits)) return orphan;
  if (signs.silentMs >= limits.stalledAfterMs && mayBeKilled(signs)) {
    const why = `no heartbeat for ${span(signs.silentMs)}, although its process lives`;
    return { kind: "kill", failure: "lease_lost", why };
  }
  const isSilent = signs.silentMs >= limits.leaseMs;
  if (signs.state === "hung") return isSilent ? well : { kind: "respond" };
  return isSilent && signs.state !== "draining" ? { kind: "hang" } : well;
}

const orphan: SilenceVerdict = {
  kind: "kill",
  failure: "worker_died",
  why: "its supervisor is gone, and it did not leave",
};

function isLate(signs: WorkerSigns, { leaveMs }: SilenceLimits): boolean {
  return signs.orphaned && !signs.persistent && signs.orphanedMs >= leaveMs;
}

function mayBeKilled({ keeper, orphaned, persistent, holdsTasks }: WorkerSigns): boolean {
  const isStandalone = keeper === "nobody" && !orphaned && !persistent;
  return !isStandalone || holdsTasks;
}
