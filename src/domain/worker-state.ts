import { IllegalTransitionError } from "./errors.ts";
import type { Transition } from "./transition.ts";

/**
 * The life of a worker, as data. See `task-state.ts`: the same rules hold here.
 *
 * `dead` means ended cleanly; `failed` means it did not start, crashed or was aborted.
 */
export const workerTransitions = {
  /** The process has shown its launch token, and its handler is ready for work. */
  activate: { from: ["created"], to: "idle" },
  /** It took its first task, or took another. */
  take: { from: ["idle", "busy"], to: "busy" },
  /** It gave back its last task. */
  rest: { from: ["busy", "hung"], to: "idle" },
  /** Alive, but not responding or past its deadline. */
  hang: { from: ["idle", "busy"], to: "hung" },
  /** It responds again, with a task in hand. */
  respond: { from: ["hung"], to: "busy" },
  /** It shall finish what it has and leave. */
  drain: { from: ["created", "idle", "busy", "hung"], to: "draining" },
  /** It ended cleanly. */
  leave: { from: ["created", "idle", "busy", "hung", "draining"], to: "dead" },
  /** It did not start, crashed, or was aborted. */
  fail: { from: ["created", "idle", "busy", "hung", "draining"], to: "failed" },
} as const satisfies Record<string, Transition>;

export const workerStates = [
  "created",
  "idle",
  "busy",
  "draining",
  "hung",
  "dead",
  "failed",
] as const;

export type WorkerState = (typeof workerStates)[number];
export type WorkerEvent = keyof typeof workerTransitions;

/** A worker in one of these has, or may still get, a process. */
export const liveWorkerStates = [
  "created",
  "idle",
  "busy",
  "draining",
  "hung",
] as const satisfies WorkerState[];
export const endedWorkerStates = ["dead", "failed"] as const satisfies WorkerState[];

export function isLive(state: WorkerState): boolean {
  return (liveWorkerStates as readonly WorkerState[]).includes(state);
}

/** Returns the state after `event`, or throws {@link IllegalTransitionError}. */
export function nextWorkerState(state: WorkerState, event: WorkerEvent): WorkerState {
  const { from, to }: Transition<WorkerState> = workerTransitions[event];
  if (!from.includes(state)) throw new IllegalTransitionError("worker", state, event);
  return to;
}
