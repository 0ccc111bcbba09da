/**
 * The library of CLX: a durable queue of tasks, and workers that do them.
 *
 * `examples/library` shows it whole. Start at {@link openStore} and {@link WorkerPoolManager}.
 */

export { ApiError } from "./client/api-error.ts";
export { type Client, connect } from "./client/connect.ts";
export { ClxError, type ErrorCode } from "./domain/errors.ts";
export type { EventType, LoggedEvent } from "./domain/event.ts";
export type { Failure, FailureKind } from "./domain/failure.ts";
export type { JsonValue } from "./domain/json.ts";
export type { Attempt, LogLine, NewTask, Progress, RetryPolicy, Task } from "./domain/task.ts";
export type { TaskState } from "./domain/task-state.ts";
export type { Worker, WorkerUsage } from "./domain/worker.ts";
export type { WorkerState } from "./domain/worker-state.ts";
export { DirectWorkerExecutor } from "./library/direct-worker-executor.ts";
export { DockerWorkerExecutor } from "./library/docker-worker-executor.ts";
export { makeExecutors } from "./library/make-executors.ts";
export { submit, submitAll, type TaskRequest } from "./library/submit.ts";
export { waitForTask } from "./library/wait-for-task.ts";
export { WorkerConfig, type WorkerConfigParams } from "./library/worker-config.ts";
export { WorkerDiscovery } from "./library/worker-discovery.ts";
export { WorkerEventLogger } from "./library/worker-event-logger.ts";
export { WorkerExecutor } from "./library/worker-executor.ts";
export { WorkerLifecycleManager } from "./library/worker-lifecycle-manager.ts";
export { WorkerPoolManager } from "./library/worker-pool-manager.ts";
export { openSqliteStore as openStore } from "./store/sqlite/open-sqlite-store.ts";
export type { TaskStore } from "./store/task-store.ts";
export type { SupervisorOptions } from "./supervisor/options.ts";
export { defaultRestart, type PoolSpec } from "./supervisor/pool.ts";
export { Supervisor } from "./supervisor/supervisor.ts";
export {
  defineWorker,
  StopReason,
  type TaskContext,
  TaskError,
  type TaskInHand,
  type WorkerDefinition,
} from "./worker/handler.ts";
