import { ClxError } from "../domain/errors.ts";
import { waysToStart } from "../domain/start-hint.ts";

export interface NoWorkersParams {
  readonly type: string;
  readonly queue: string;
  /** Why none may be started: "--no-auto-start". */
  readonly why: string;
}

/** Nobody would ever do the task: says so before it is waited for, and how to change that. */
export function noWorkers({ type, queue, why }: NoWorkersParams): ClxError {
  return new ClxError(
    "no_workers",
    `no healthy ${type} worker takes tasks of queue "${queue}", and none is started (${why}); ` +
      waysToStart({ type, queue }),
  );
}
