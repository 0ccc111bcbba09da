import type { ProcessIdentity, WorkerUsage } from "../domain/worker.ts";

/**
 * Follows all processes that come from one root: its descendants, the members of its process
 * group and session, those that carry its mark in their environment, and whatever was seen as
 * one of these before it was re-parented.
 */
export interface ProcessTree {
  /** Looks at the tree as it is now, remembers its members, and measures it. Cheap. */
  sample(): WorkerUsage;
  /** SIGTERM to all, SIGKILL to what is left after `graceMs`, then verifies that none is. */
  end(params: { readonly graceMs: number; readonly keepRoot?: boolean }): Promise<EndedTree>;
}

export interface EndedTree {
  readonly ended: number;
  /** Processes that could not be ended: in uninterruptible sleep, or not ours to signal. */
  readonly left: readonly number[];
}

export interface FollowParams {
  readonly root: ProcessIdentity;
  /** `NAME=value` that the root's children inherit, such as `CLX_WORKER_ID=…`. */
  readonly mark?: string;
}

export function followTree(_params: FollowParams): ProcessTree {
  throw new Error("to be written");
}
