import type { Failure } from "../../domain/failure.ts";
import type { JsonValue } from "../../domain/json.ts";
import type { Attempt, Task } from "../../domain/task.ts";
import type { AttemptAnswer, TaskAnswer } from "../schemas/task-answer.ts";

/** A task in the words of the API: spec 4's, and ours for what it does not have. */
export function taskJson(task: Task): TaskAnswer {
  const { progress, failure, retry } = task;
  return dropAbsent({
    taskId: task.id,
    status: task.state,
    type: task.type,
    queue: task.queue,
    instruction: textIn(task.payload, "instruction"),
    workingDirectory: foldersOf(task.payload)[0],
    title: task.title,
    tags: [...(task.tags ?? [])],
    payload: task.payload,
    priority: task.priority,
    createdAt: iso(task.createdAt),
    runAt: iso(task.runAt),
    startedAt: iso(task.startedAt),
    completedAt: iso(task.endedAt),
    attempt: task.attempt,
    attemptLimit: task.attemptLimit,
    retry: { ...retry },
    timeoutMs: task.timeoutMs,
    expectedMemory: task.expectedMemory,
    sessionId: task.sessionId,
    key: task.key,
    after: [...task.after],
    onDependencyFailure: task.onDependencyFailure,
    workerId: task.workerId,
    progress: progress && dropAbsent({ ...progress, at: iso(progress.at) }),
    result: task.result,
    error: failure && task.state !== "completed" ? errorJson(failure) : undefined,
    peakMemory: task.peakMemory,
    cpuMs: task.cpuMs,
    cancelRequestedAt: iso(task.cancelRequestedAt),
    cancelReason: task.cancelReason,
  }) as TaskAnswer;
}

export function attemptJson(attempt: Attempt): AttemptAnswer {
  const { number, workerId, outcome, failure, peakMemory, cpuMs } = attempt;
  return dropAbsent({
    ...{ number, workerId, outcome, peakMemory, cpuMs },
    startedAt: iso(attempt.startedAt),
    endedAt: iso(attempt.endedAt),
    error: failure && errorJson(failure),
  }) as AttemptAnswer;
}

function errorJson({ kind, ...facts }: Failure): NonNullable<TaskAnswer["error"]> {
  return dropAbsent({ ...facts, code: kind }) as NonNullable<TaskAnswer["error"]>;
}

/** The folders that a task names, wherever its type looks for them. */
export function foldersOf(payload: JsonValue): string[] {
  const context = isRecord(payload) ? payload.context : undefined;
  const named = [
    textIn(context, "workingDirectory"),
    textIn(payload, "workingDirectory"),
    textIn(payload, "cwd"),
  ];
  return named.filter((folder) => folder !== undefined);
}

function textIn(value: JsonValue | undefined, key: string): string | undefined {
  const field = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof field === "string" ? field : undefined;
}

function isRecord(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** JSON would leave them out anyway; the types shall know. */
function dropAbsent(value: object): object {
  const present: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    if (field !== undefined) present[name] = field;
  }
  return present;
}

export function iso(at: number): string;
export function iso(at: number | undefined): string | undefined;
export function iso(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}
