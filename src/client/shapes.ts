import type { z } from "zod";
import type { JsonValue } from "../domain/json.ts";
import type { healthAnswer } from "../server/health.ts";
import type { logAnswer } from "../server/schemas/log-answer.ts";
import type { specFiveStatus } from "../server/schemas/spec-five.ts";
import type { attemptAnswer, taskAnswer } from "../server/schemas/task-answer.ts";
import type { taskQuery } from "../server/schemas/task-query.ts";
import type { taskRequest } from "../server/schemas/task-request.ts";
import type { workerAnswer } from "../server/schemas/worker-answer.ts";

type Given<T, Changed extends keyof T> = Omit<T, Changed>;

export type NewTask = Given<z.input<typeof taskRequest>, "runAt" | "payload"> & {
  readonly payload?: JsonValue;
  /** A number is milliseconds since 1970. */
  readonly runAt?: Date | string | number;
};
export type TaskFilter = Given<
  z.output<typeof taskQuery>,
  "status" | "createdAfter" | "createdBefore" | "after" | "offset"
> & {
  readonly status?: Task["status"] | readonly Task["status"][];
  readonly createdAfter?: Date | string;
  readonly createdBefore?: Date | string;
};
export type Task = z.output<typeof taskAnswer>;
export type TaskInFull = Task & {
  readonly attempts: readonly z.output<typeof attemptAnswer>[];
};
export type Log = z.output<typeof logAnswer>;
export type Worker = z.output<typeof workerAnswer>;
export type Workers = { readonly healthy: boolean; readonly workers: readonly Worker[] };
export type WorkersStatus = z.output<typeof specFiveStatus>;
export type Health = z.output<typeof healthAnswer>;
