import { z } from "zod";
import { type FailureKind, failureKinds } from "../../domain/failure.ts";
import { taskStates } from "../../domain/task-state.ts";

const time = z.iso.datetime();
const any = z.unknown();

export const taskStatus = z.enum(taskStates);

export const taskError = z
  .object({
    message: z.string(),
    code: z.enum(Object.keys(failureKinds) as [FailureKind, ...FailureKind[]]),
    exitCode: z.int().optional(),
    signal: z.string().optional(),
    logTail: z.string().optional(),
    peakMemory: z.number().optional(),
    details: z.string().optional(),
  })
  .meta({ id: "TaskError", description: "Why the latest attempt that failed did so." });

/** What is not known is left out. */
export const taskAnswer = z
  .object({
    taskId: z.string(),
    status: taskStatus,
    type: z.string(),
    queue: z.string(),
    instruction: z.string().optional(),
    workingDirectory: z.string().optional(),
    title: z.string().optional(),
    tags: z.array(z.string()),
    payload: any,
    priority: z.int(),
    createdAt: time,
    runAt: time.optional(),
    startedAt: time.optional().meta({
      description: "Absent, although it is running, while its worker is about to begin it.",
    }),
    completedAt: time.optional().meta({ description: "When it ended, however it did." }),
    attempt: z.int(),
    attemptLimit: z.int(),
    retry: z.object({
      maxAttempts: z.int(),
      on: z.enum(["infrastructure", "any"]),
      backoffMs: z.number(),
      maxBackoffMs: z.number(),
    }),
    timeoutMs: z.number().optional(),
    expectedMemory: z.number().optional(),
    sessionId: z.string().optional(),
    key: z.string().optional(),
    after: z.array(z.string()),
    onDependencyFailure: z.enum(["skip", "run"]),
    workerId: z.string().optional(),
    progress: z
      .object({
        fraction: z.number().optional(),
        message: z.string().optional(),
        data: any.optional(),
        at: time,
      })
      .optional(),
    waitsBecause: z.string().optional().meta({
      description:
        "One sentence, where that was looked up: of one task, and when nobody could take it.",
    }),
    result: any.optional().meta({ description: "As its worker returned it." }),
    error: taskError.optional(),
    peakMemory: z.number().optional(),
    cpuMs: z.number().optional(),
    cancelRequestedAt: time.optional(),
    cancelReason: z.string().optional(),
  })
  .meta({ id: "Task" });

export const attemptAnswer = z
  .object({
    number: z.int(),
    workerId: z.string().optional(),
    startedAt: time,
    endedAt: time.optional(),
    outcome: z.enum(["completed", "failed", "cancelled", "released"]).optional(),
    error: taskError.optional(),
    peakMemory: z.number().optional(),
    cpuMs: z.number().optional(),
  })
  .meta({ id: "Attempt" });

export type TaskAnswer = z.output<typeof taskAnswer>;
export type AttemptAnswer = z.output<typeof attemptAnswer>;
