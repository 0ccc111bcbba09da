/**
 * The errors we throw on purpose. Whatever else reaches a border is a bug.
 *
 * Codes are part of the public contract: clients switch on them, so a code is never renamed.
 * `docs/errors.md` has a row for each: what it means, what to do.
 */
export type ErrorCode =
  | "usage"
  | "invalid_value"
  | "invalid_config"
  | "config_exists"
  | "task_not_found"
  | "worker_not_found"
  | "session_not_found"
  | "key_not_found"
  | "not_found"
  | "method_not_allowed"
  | "unauthorised"
  | "forbidden"
  | "folder_not_allowed"
  | "conflict"
  | "body_too_large"
  | "unsupported_media_type"
  | "too_many_requests"
  | "shutting_down"
  | "not_managed"
  | "internal"
  | "illegal_transition"
  | "unknown_dependency"
  | "key_conflict"
  | "worker_refused"
  | "worker_api_mismatch"
  | "admission_refused"
  | "unknown_worker_type"
  | "unknown_handler"
  | "invalid_payload"
  | "worker_start_failed"
  | "image_failed"
  | "no_workers"
  | "services_conflict"
  | "process_not_stopped"
  | "store_busy"
  | "store_full"
  | "store_io"
  | "store_corrupt"
  | "store_not_a_database"
  | "store_too_new"
  | "store_read_only"
  | "store_folder_missing"
  | "store_missing"
  | "store_closed"
  | "store_in_use"
  | "file_exists"
  | "file_refused"
  | "timed_out"
  | "unreachable"
  | "interrupted"
  | "docker_unavailable"
  | "docker_forbidden"
  | "image_missing"
  | "image_unfit"
  | "unsupported_platform";

/** The compiler asks for a row whenever a code is added. */
export const errorFacts: Record<ErrorCode, { readonly exitCode: number; readonly status: number }> =
  {
    usage: { exitCode: 2, status: 400 },
    invalid_value: { exitCode: 2, status: 400 },
    invalid_config: { exitCode: 2, status: 500 },
    config_exists: { exitCode: 5, status: 409 },
    task_not_found: { exitCode: 4, status: 404 },
    worker_not_found: { exitCode: 4, status: 404 },
    session_not_found: { exitCode: 4, status: 404 },
    key_not_found: { exitCode: 4, status: 404 },
    not_found: { exitCode: 4, status: 404 },
    method_not_allowed: { exitCode: 2, status: 405 },
    unauthorised: { exitCode: 5, status: 401 },
    forbidden: { exitCode: 5, status: 403 },
    folder_not_allowed: { exitCode: 5, status: 403 },
    conflict: { exitCode: 5, status: 409 },
    body_too_large: { exitCode: 2, status: 413 },
    unsupported_media_type: { exitCode: 2, status: 415 },
    too_many_requests: { exitCode: 5, status: 429 },
    shutting_down: { exitCode: 3, status: 503 },
    not_managed: { exitCode: 5, status: 409 },
    internal: { exitCode: 3, status: 500 },
    illegal_transition: { exitCode: 5, status: 409 },
    unknown_dependency: { exitCode: 4, status: 400 },
    key_conflict: { exitCode: 5, status: 409 },
    worker_refused: { exitCode: 5, status: 409 },
    worker_api_mismatch: { exitCode: 5, status: 426 },
    admission_refused: { exitCode: 5, status: 409 },
    unknown_worker_type: { exitCode: 2, status: 400 },
    unknown_handler: { exitCode: 2, status: 400 },
    invalid_payload: { exitCode: 2, status: 400 },
    image_failed: { exitCode: 3, status: 502 },
    worker_start_failed: { exitCode: 3, status: 502 },
    no_workers: { exitCode: 3, status: 503 },
    services_conflict: { exitCode: 5, status: 409 },
    process_not_stopped: { exitCode: 3, status: 500 },
    store_busy: { exitCode: 3, status: 503 },
    store_full: { exitCode: 3, status: 507 },
    store_io: { exitCode: 3, status: 503 },
    store_corrupt: { exitCode: 3, status: 500 },
    store_not_a_database: { exitCode: 3, status: 500 },
    store_too_new: { exitCode: 3, status: 500 },
    store_read_only: { exitCode: 3, status: 500 },
    store_folder_missing: { exitCode: 3, status: 500 },
    store_missing: { exitCode: 3, status: 500 },
    store_closed: { exitCode: 3, status: 503 },
    store_in_use: { exitCode: 5, status: 409 },
    file_exists: { exitCode: 5, status: 409 },
    file_refused: { exitCode: 3, status: 500 },
    timed_out: { exitCode: 6, status: 504 },
    unreachable: { exitCode: 3, status: 502 },
    interrupted: { exitCode: 130, status: 503 },
    docker_unavailable: { exitCode: 3, status: 502 },
    docker_forbidden: { exitCode: 3, status: 502 },
    image_missing: { exitCode: 3, status: 502 },
    image_unfit: { exitCode: 3, status: 502 },
    unsupported_platform: { exitCode: 3, status: 501 },
  };

export class ClxError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

export class TaskNotFoundError extends ClxError {
  readonly taskId: string;

  constructor(taskId: string) {
    super("task_not_found", `no task has the id ${taskId}; "clx tasks list" shows those there are`);
    this.taskId = taskId;
  }
}

export class WorkerNotFoundError extends ClxError {
  readonly workerId: string;

  constructor(workerId: string) {
    super(
      "worker_not_found",
      `no worker has the id ${workerId}; "clx workers list" shows those there are`,
    );
    this.workerId = workerId;
  }
}

export class IllegalTransitionError extends ClxError {
  readonly state: string;
  readonly event: string;

  constructor(noun: "task" | "worker", state: string, event: string, id?: string) {
    const which = id === undefined ? `a ${noun}` : `${noun} ${id}`;
    super("illegal_transition", `cannot ${event} ${which}: it is ${state}`);
    this.state = state;
    this.event = event;
  }
}

/** Errors of the store that may go away by themselves; whoever holds an outcome tries again. */
export function isPassing(error: unknown): boolean {
  return (
    error instanceof ClxError &&
    (error.code === "store_busy" || error.code === "store_full" || error.code === "store_io")
  );
}
