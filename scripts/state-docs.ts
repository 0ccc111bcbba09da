import type { EventType } from "../src/domain/event.ts";
import type { FailureKind } from "../src/domain/failure.ts";
import type { TaskEvent, TaskState } from "../src/domain/task-state.ts";
import type { WorkerEvent, WorkerState } from "../src/domain/worker-state.ts";

// The words of `docs/states.md`; the compiler asks for a row whenever a table of the domain grows.

export const taskStateDocs: Record<TaskState, string> = {
  blocked: "waits for other tasks",
  pending: "waits for a worker, or for the time before which it does not start",
  running: "a worker has it",
  completed: "has its result",
  failed: "its last attempt failed",
  cancelled: "somebody did not want it any more, or a task it waited for failed",
};

export const taskEventDocs: Record<TaskEvent, string> = {
  unblock: "the last task it waited for has ended",
  skip: "a task it waited for failed, and it chose to be skipped then",
  claim: "a worker takes it, for a new attempt",
  complete: "the attempt gave a result",
  fail: "the attempt failed, and no further one is due",
  requeue: "the attempt failed, and another is due after a back-off",
  release:
    "the attempt was interrupted by a shutdown, had not begun in time, or its worker died before it had told that it had begun; it does not count",
  cancel: "somebody cancelled it; a running task gets there once its attempt has stopped",
  revive: "somebody asked for it to run again",
  reblock: "somebody asked for it to run again, and tasks it waits for have not ended",
};

export const workerStateDocs: Record<WorkerState, string> = {
  created: "registered; its process is starting",
  idle: "ready for work",
  busy: "has at least one task",
  draining: "finishes what it has, takes nothing new, and leaves",
  hung: "alive, but not responding or past its deadline",
  dead: "ended cleanly",
  failed: "did not start, crashed or was aborted",
};

export const workerEventDocs: Record<WorkerEvent, string> = {
  activate: "its process has shown its launch token and is ready",
  take: "it took its first task, or took another",
  rest: "it gave back its last task",
  hang: "it does not respond, or is past its deadline",
  respond: "it responds again, with a task in hand",
  drain: "it shall finish what it has and leave",
  leave: "it ended cleanly",
  fail: "it did not start, crashed or was aborted",
};

export const failureDocs: Record<FailureKind, string> = {
  user_error: "the input is wrong: a cell raises, a diagram has a syntax error",
  invalid_payload: "the payload does not fit the worker type's schema",
  exit_code: "the program ended with an exit code other than 0",
  not_started: "the program could not be started: not found, not executable",
  timed_out: "the attempt ran longer than the task's time-out",
  handler_error: "the handler threw something that it did not declare as the user's fault",
  signal: "the program was ended by a signal that we did not send",
  out_of_memory: "a memory limit was passed, or the machine ran out of memory",
  worker_died: "the worker ended while it held the task",
  lease_lost: "the worker was silent past its lease, and was ended for that",
  aborted: "somebody aborted the worker",
  unavailable:
    "a service that the handler needs is overloaded, limits its callers, or is out of reach",
  over_budget: "what the task was allowed to use is used up; there may be a result all the same",
  dependency_failed: "a task that it waited for did not complete",
};

export const eventDocs: Record<EventType, string> = {
  worker_starting: "the supervisor starts a worker's process",
  worker_registered: "a worker has its row, before it has its process",
  worker_ready: "a worker is ready for work",
  worker_hung: "a worker does not respond, or is past its deadline",
  worker_responding: "a hung worker responds again",
  worker_draining: "a worker shall finish what it has and leave",
  worker_stopping: "a worker is told to leave",
  worker_stopped: "a worker ended cleanly",
  worker_failed: "a worker did not start, or crashed",
  worker_aborted: "somebody ended a worker at once",
  worker_adopted: "a worker that outlived its supervisor has a new one",
  worker_restart_scheduled: "a replacement will be started after a back-off",
  pool_starting: "the supervisor begins to fill a pool",
  pool_started: "a pool has all of its workers, also when it wants fewer from now on",
  pool_stopping: "the supervisor begins to empty a pool",
  pool_stopped: "a pool is empty",
  pool_gave_up: "a pool's workers failed too often; it is not refilled",
  admission_refused: "a worker was not started for want of memory or cores, or for the cap",
  supervisor_started: "a supervisor is at work",
  supervisor_stopped: "a supervisor has stopped, and nothing it started is left",
  orphan_ended: "a process was found whose worker had ended, and was ended too",
  session_opened: "a build or server run has begun",
  session_ended: "a build or server run has ended, or its process was found dead",
  task_submitted: "a task is durable",
  task_started: "an attempt has begun",
  task_completed: "a task has its result",
  task_failed: "a task has failed for good",
  task_requeued: "an attempt failed, and another is due",
  task_released:
    "an attempt was given back by a shutdown, had not begun in time, or its worker died before it had told that it had begun; it does not count; `begun` in the data is false where no beginning was told",
  task_unblocked: "the tasks it waited for have ended",
  task_skipped: "a task it waited for failed, and it chose to be skipped then",
  task_cancel_requested: "somebody asked for the cancellation of a running task",
  task_cancelled: "a task is cancelled",
  task_retried: "somebody asked for an ended task to run again",
  task_deleted: "somebody deleted an ended task",
  queue_paused: "somebody held back the tasks of a queue, of a type, or all",
  queue_resumed: "somebody let them go again",
  audit:
    "somebody asked the server to change something; the data says who, with what role, and how it ended",
  worker_signalled:
    "a signal was sent to the processes of a worker; the data says which and to how many",
  worker_gone: "it was verified that nothing of a worker's processes is left",
};
