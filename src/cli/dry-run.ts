import { IllegalTransitionError } from "../domain/errors.ts";
import type { Task } from "../domain/task.ts";
import { isFinal, taskTransitions } from "../domain/task-state.ts";
import type { Worker } from "../domain/worker.ts";
import { isLive, workerTransitions } from "../domain/worker-state.ts";
import type { Terminal } from "./terminal.ts";

export const dryRunOption = {
  "dry-run": { type: "boolean", help: "say what would be done, and do nothing" },
} as const;

const taskRules = {
  cancel: ({ state }: Task) => state === "cancelled" || allows(taskTransitions.cancel.from, state),
  retry: ({ state }: Task) => allows(taskTransitions.revive.from, state),
  delete: ({ state }: Task) => isFinal(state),
};

const workerRules = {
  drain: ({ state }: Worker) => allows(workerTransitions.drain.from, state),
  abort: ({ state }: Worker) => isLive(state),
};

/** Says that it would be done; what would be refused is refused. Answers with the exit code. */
export function wouldDoToTask(terminal: Terminal, action: keyof typeof taskRules, task: Task) {
  if (!taskRules[action](task)) {
    throw new IllegalTransitionError("task", task.state, action, task.id);
  }
  return tell(terminal, action, task);
}

export function wouldDoToWorker(
  terminal: Terminal,
  action: keyof typeof workerRules,
  worker: Worker,
) {
  if (!workerRules[action](worker)) {
    throw new IllegalTransitionError("worker", worker.state, action, worker.id);
  }
  return tell(terminal, action, worker);
}

function tell(
  terminal: Terminal,
  action: string,
  { id, state }: { readonly id: string; readonly state: string },
): number {
  if (terminal.json) terminal.printJson({ dry_run: true, id, state, would: action });
  else terminal.print(`would ${action} ${id}, which is ${state}`);
  return 0;
}

function allows(from: readonly string[], state: string): boolean {
  return from.includes(state);
}
