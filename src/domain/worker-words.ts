import type { WorkerState } from "./worker-state.ts";

/** How spec 5's endpoints and its panel call the states; a worker that hangs is marked besides. */
export const specFiveWords = {
  created: "STARTING",
  idle: "RUNNING",
  busy: "RUNNING",
  hung: "RUNNING",
  draining: "DRAINING",
  failed: "FAILED",
  dead: "DEAD",
} as const satisfies Record<WorkerState, string>;

/** Empty where it is not known. */
export function percentWords(percent: number | undefined): string {
  return percent === undefined ? "" : `${Math.round(percent)} %`;
}
