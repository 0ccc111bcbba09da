import { IllegalTransitionError } from "./errors.ts";
import type { Transition } from "./transition.ts";

/**
 * The life of a task, as data.
 *
 * This table is the only place that says which change of state is legal. The stores build
 * their `where state in (...)` guards from it, `docs/states.md` is generated from it, and
 * `task-state.test.ts` walks every state × event pair.
 */
export const taskTransitions = {
  /** The last task it waited for has ended. */
  unblock: { from: ["blocked"], to: "pending" },
  /** A task it waited for failed, and it chose to be skipped then. */
  skip: { from: ["blocked"], to: "cancelled" },
  claim: { from: ["pending"], to: "running" },
  complete: { from: ["running"], to: "completed" },
  /** The attempt failed and no further one is due. */
  fail: { from: ["running"], to: "failed" },
  /** The attempt failed, and another is due after a back-off. */
  requeue: { from: ["running"], to: "pending" },
  /** The attempt was interrupted by a shutdown; it does not count. */
  release: { from: ["running"], to: "pending" },
  /** Somebody cancelled it. A running task gets there once its attempt has stopped. */
  cancel: { from: ["blocked", "pending", "running"], to: "cancelled" },
  /** Somebody asked for it to run again. */
  revive: { from: ["failed", "cancelled"], to: "pending" },
  /** As revive, but tasks it waits for have not ended yet. */
  reblock: { from: ["failed", "cancelled"], to: "blocked" },
} as const satisfies Record<string, Transition>;

export const taskStates = [
  "blocked",
  "pending",
  "running",
  "completed",
  "failed",
  "cancelled",
] as const;

export type TaskState = (typeof taskStates)[number];
export type TaskEvent = keyof typeof taskTransitions;

/** States that no worker and no clock will ever leave. */
export const finalTaskStates = ["completed", "failed", "cancelled"] as const satisfies TaskState[];
export type FinalTaskState = (typeof finalTaskStates)[number];
export const openTaskStates = ["blocked", "pending", "running"] as const satisfies TaskState[];

export function isFinal(state: TaskState): boolean {
  return (finalTaskStates as readonly TaskState[]).includes(state);
}

/** Returns the state after `event`, or throws {@link IllegalTransitionError}. */
export function nextTaskState(state: TaskState, event: TaskEvent): TaskState {
  const { from, to }: Transition<TaskState> = taskTransitions[event];
  if (!from.includes(state)) throw new IllegalTransitionError("task", state, event);
  return to;
}
