import type { EventType, LoggedEvent, NewEvent } from "../domain/event.ts";
import type { Failure, FailureKind } from "../domain/failure.ts";
import type { JsonValue } from "../domain/json.ts";
import type { Pause, PauseScope } from "../domain/pause.ts";
import type { NewSession, Session } from "../domain/session.ts";
import type { Outcome } from "../domain/settlement.ts";
import type { Attempt, LogLine, NewTask, Progress, Task } from "../domain/task.ts";
import type { FinalTaskState, TaskState } from "../domain/task-state.ts";
import type {
  NewWorker,
  ProcessIdentity,
  Worker,
  WorkerEnding,
  WorkerUsage,
} from "../domain/worker.ts";
import type { WorkerState } from "../domain/worker-state.ts";
import type { AccessStore } from "./access-store.ts";

/**
 * Where tasks, workers, sessions and events live: the only meeting point of all processes.
 *
 * Theory of operation
 *
 * A store decides nothing. It applies the tables of `domain/task-state.ts` and
 * `domain/worker-state.ts`, asks `domain/settlement.ts` what follows the end of an attempt, and
 * makes each method one atomic step: all of it happens, or none. It never reads a clock and
 * draws no lots; callers pass `now` and `jitter`, so tests own time and chance.
 *
 * Durability. A promise resolves once its change is on disk in the durability the store was
 * opened with (power-loss safe by default). Concurrent calls may share one transaction, but
 * each is atomic by itself: one that fails takes none of its neighbours with it. After a crash
 * before the answer, the change is there whole or not at all; callers that repeat a call are
 * recognised by the id they made (tasks, workers, sessions) or by the attempt (settlements).
 *
 * Order. Among the due tasks of its type and queue that a worker may take, the highest priority
 * comes first, then the one submitted first. No call ever gives one task to two workers.
 *
 * The fence. `attempt` grows with every claim. Every write of a worker about a task names
 * worker and attempt; when either is no longer the task's, nothing is changed and the answer
 * says `superseded`. So nothing finishes twice, however late a lost worker comes back.
 *
 * The lease. A worker, not each task, holds a lease, and `renew` extends it. A lapsed lease
 * changes nothing by itself: a judge (the supervisor) who has proof of the worker's death, or
 * has ended it, calls `endWorker`, which gives its tasks back in the same step.
 *
 * Being told. `watch` calls back within milliseconds of a commit, by any process, that may
 * concern a topic. A ring says "look again", carries nothing, and may come too often; a lost
 * one is made good by the slow poll that every waiter keeps.
 *
 * Failing. A method rejects with ClxError: `…_not_found` and `illegal_transition` speak of
 * the call; `store_busy`, `store_full` and `store_io` may pass, and nothing of the call has
 * happened then. Every implementation must pass `conformance/`.
 */
export interface TaskStore {
  readonly abilities: StoreAbilities;

  /** Who may use a server on this store. */
  readonly access: AccessStore;

  // Tasks

  /**
   * Adds all of the tasks or none of them.
   *
   * A task whose id or key is known already is not added again; the answer has the one that is
   * there, with `created: false`. A key that is known for another type is a `key_conflict`.
   * A task waits (`blocked`) while any in its `after` is open; tasks of the same call may wait
   * for earlier ones of it. One that is to be skipped because a task it waits for has already
   * failed is added `cancelled`.
   *
   * @throws ClxError `unknown_dependency`, `conflict` where `exclusive` is not kept
   */
  submit(params: SubmitParams): Promise<readonly Submitted[]>;

  findTask(id: string): Promise<Task | undefined>;

  /** Newest first. */
  listTasks(params: ListTasksParams): Promise<Page<Task>>;

  /** A row for each type, queue and state that has tasks. */
  countTasks(params: CountTasksParams): Promise<readonly TaskCount[]>;

  /**
   * How many tasks of each state fit a filter, counted up to `countCap` each; the states that
   * the filter itself names do not matter, so that each of them can be offered with its count.
   * Each count is that of the list that names this state alone.
   */
  countMatching(params: TaskFilter): Promise<MatchingCounts>;

  /**
   * Tasks of a type and queue that wait: those to be claimed next, those with the nearest time,
   * and blocked ones; at most `limit` of each.
   */
  listWaiting(params: ListWaitingParams): Promise<readonly WaitingTask[]>;

  /** How many due tasks of its type and queue come before a pending task; 0 for any other. */
  countAhead(params: CountAheadParams): Promise<number>;

  /** How tasks that ended since then have ended: a row for each type and final state. */
  tallyEnded(params: TallyEndedParams): Promise<readonly EndedTally[]>;

  /**
   * What went through since then, in slices of time, oldest first; a slice without anything is
   * left out. Beyond `seriesCap` ended tasks the oldest slices are missing, and `from` says so.
   * Times are those of some of the tasks of each slice, the last to end.
   */
  throughput(params: ThroughputParams): Promise<Throughput>;

  /** Oldest first; the last one may still be running. One that was only taken ahead is not there yet. */
  attemptsOf(taskId: string): Promise<readonly Attempt[]>;

  /**
   * Lines in order, from after the cursor, or the last ones before one; `dropped` tells how many
   * in between were not kept. A log is kept whole, up to a size that only a program run wild gets
   * to; of what is above that, or finds no room on the disk, the first and the last lines are kept.
   */
  logsOf(params: LogsParams): Promise<LogPage>;

  /**
   * Cancels an open task: at once when no worker has it, else by asking its worker, who is
   * told. Harmless on a task that is cancelled or whose cancellation has been asked for.
   */
  cancel(params: CancelParams): Promise<Task>;

  /**
   * Lets a failed or cancelled task run again, with a full number of attempts.
   *
   * @throws ClxError `conflict` where `exclusive` is not kept
   */
  retry(params: RetryParams): Promise<Task>;

  /** Deletes a task that has ended, with its attempts and log lines. */
  deleteTask(params: DeleteTaskParams): Promise<void>;

  /**
   * Holds back, or lets go again, the tasks of a queue, of a type, or all of them: while a pause
   * fits a task it is not claimed. What runs goes on. It outlives every process, and is logged
   * as an event. Repeating it changes nothing.
   */
  setPause(params: SetPauseParams): Promise<readonly Pause[]>;

  /** The pauses in force, oldest first. */
  listPauses(): Promise<readonly Pause[]>;

  // The work of a worker

  /**
   * Gives the worker up to `limit` due tasks: each is running, its attempt one higher.
   *
   * Up to `ahead` more are taken ahead: they are running too, but without `startedAt`, until the
   * worker tells that they have begun. When it dies before that, such an attempt is released,
   * uncounted, although it may have run. So only tasks that have never been claimed, and may run
   * again after a failure, are taken ahead.
   *
   * A task that expects more memory than the worker reserves is passed over while the machine
   * has not that much left (`memoryFree`, less what live workers of this host have reserved and
   * not yet used). A draining worker gets none and is told; an ended one is `gone`.
   */
  claim(params: ClaimParams): Promise<Claim>;

  /**
   * Ends attempts, then claims again for the same worker, all in one step.
   *
   * Tasks that waited for the ended ones become pending or are skipped in the same step.
   */
  settle(params: SettleParams): Promise<Settled>;

  /** Keeps progress, log lines and a checkpoint of a running attempt. */
  report(params: ReportParams): Promise<Standing>;

  /** A heartbeat: extends the lease, and tells the worker what others want of it. */
  renew(params: RenewParams): Promise<Renewal>;

  // Workers

  /** Pre-registers a worker as `created`. */
  registerWorker(params: RegisterWorkerParams): Promise<Worker>;

  /**
   * `created` → `idle`, once: the launch token must match and is used up.
   *
   * A worker that is opening, whose handler is still to be loaded, shows its token in the same
   * way, and stays `created` until `readyWorker`.
   *
   * @throws ClxError `worker_refused` when the row is gone, ended, already active, or the token wrong
   */
  activateWorker(params: ActivateWorkerParams): Promise<Worker>;

  /** `created` → `idle`, for a worker that was opening. Harmless in any other state. */
  readyWorker(params: ReadyWorkerParams): Promise<void>;

  /** Notes the process and the executor's reference of a worker that has just been started. */
  recordProcess(params: RecordProcessParams): Promise<void>;

  findWorker(id: string): Promise<Worker | undefined>;
  /** In order of registration. */
  listWorkers(params: ListWorkersParams): Promise<readonly Worker[]>;

  /** Applies `drain`, `hang` or `respond` (`rest` when it holds no task), and tells the worker. */
  changeWorker(params: ChangeWorkerParams): Promise<Worker>;

  /** Puts a live worker under a new parent. */
  adoptWorker(params: AdoptWorkerParams): Promise<Worker>;

  /**
   * Ends a worker, and the attempts it still holds with it, in one step.
   *
   * Harmless on a worker that has ended: the answer is its row as it stands, with `ended: false`.
   */
  endWorker(params: EndWorkerParams): Promise<EndedWorker>;

  /** Removes rows of ended workers. */
  deleteWorkers(params: DeleteWorkersParams): Promise<number>;

  // Sessions

  openSession(params: OpenSessionParams): Promise<Session>;
  /** Closes it and cancels its open tasks; its workers are told to leave. Harmless when closed. */
  endSession(params: EndSessionParams): Promise<Session>;
  findSession(id: string): Promise<Session | undefined>;
  listSessions(params: { readonly open?: boolean }): Promise<readonly Session[]>;

  // Events

  appendEvents(params: { readonly events: readonly NewEvent[] }): Promise<void>;
  /** Oldest first, from after the cursor. */
  listEvents(params: ListEventsParams): Promise<readonly LoggedEvent[]>;
  /** Newest first: what supervisors last said of their pools (`poolEventTypes`). */
  listPoolEvents(params: { readonly limit: number }): Promise<readonly LoggedEvent[]>;

  // Upkeep

  /** Removes at most `limit` of each kind that ended, or was logged, before its time. */
  prune(params: PruneParams): Promise<Removed>;

  /** How much `prune` would remove if it were called until nothing is left to remove. */
  countPrunable(params: PruneLimits): Promise<Pruned>;

  /** Calls back when something may have changed that concerns a topic. */
  watch(topics: readonly Topic[], onRing: () => void): Watch;

  /** Waits for what is under way, for a lock of others no longer than a moment; then lets go. */
  close(): Promise<void>;
}

export interface StoreAbilities {
  /** Processes of other machines can open it. */
  readonly spansMachines: boolean;
  /** A commit survives the loss of power. */
  readonly powerLossSafe: boolean;
  /** For people: where it is. */
  readonly location: string;
}

export interface SubmitParams extends Exclusive {
  readonly tasks: readonly NewTask[];
  readonly now: number;
}

export interface Exclusive {
  /**
   * Parts of a payload, such as `resume.sessionId`, that no two open tasks of a type may have alike.
   * A task with a text in each of them is refused, in the same step, while another has the same
   * texts there: so who looks first and acts then is not too late.
   */
  readonly exclusive?: readonly string[];
}

export interface Submitted {
  readonly task: Task;
  readonly created: boolean;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Given back as `after`, it gets the next page. Absent on the last one. */
  readonly next?: string;
  /** Set when the search ended after so many before the page was full; `next` leads on. */
  readonly lookedThrough?: number;
}

/** What is left out does not matter; the rest must all hold. */
export interface TaskFilter {
  readonly states?: readonly TaskState[];
  readonly type?: string;
  readonly queue?: string;
  readonly sessionId?: string;
  readonly workerId?: string;
  /** Tasks that wait for this one. */
  readonly dependsOn?: string;
  /** The start of an id. */
  readonly idPrefix?: string;
  readonly tag?: string;
  readonly failureKind?: FailureKind;
  readonly createdAfter?: number;
  readonly createdBefore?: number;
  /** In id, title, tags, payload or the failure's message; large and small letters are one. */
  readonly text?: string;
}

/**
 * `tag`, `failureKind`, `text` and the start of an id that thousands share have no index: of the
 * tasks that fit the rest, this many, the first in the order asked for, are looked through, and
 * the answer says when there would have been more; fewer where a text is looked for in large
 * payloads. So no list takes longer, whatever it holds.
 */
export const lookThroughCap = 15_000;

export interface ListTasksParams extends TaskFilter {
  readonly after?: string;
  readonly limit: number;
  /** `newest` when left out: by submission. `ended`: those that ended last come first. */
  readonly order?: "newest" | "oldest" | "ended";
}

/** Counts above this are told as this, and shown as "10,000+". */
export const countCap = 10_000;

export interface MatchingCounts {
  readonly counts: Readonly<Record<TaskState, number>>;
  /** Set when of some state not all tasks were looked through: so many at least. */
  readonly lookedThrough?: number;
}

export interface ThroughputParams {
  readonly since: number;
  readonly until: number;
  /** How long a slice is. */
  readonly sliceMs: number;
  readonly type?: string;
}

export interface Throughput {
  readonly from: number;
  readonly slices: readonly ThroughputSlice[];
}

export interface ThroughputSlice {
  /** When it begins. */
  readonly at: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Of the tasks completed or failed in it: how long they waited from being due to the last claim. */
  readonly waitMs?: Quantiles;
  /** How long their last attempts ran. */
  readonly ranMs?: Quantiles;
}

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
}

export const seriesCap = 500_000;

export interface SetPauseParams {
  readonly scope: PauseScope;
  readonly paused: boolean;
  readonly by?: string;
  readonly reason?: string;
  readonly now: number;
}

export interface CountTasksParams {
  readonly sessionId?: string;
  readonly states?: readonly TaskState[];
}

export interface TaskCount {
  readonly type: string;
  readonly queue: string;
  readonly state: TaskState;
  readonly count: number;
  /** When the oldest of them was submitted. */
  readonly oldest: number;
  /** Since when the first of them may run: of pending ones that may be yet to come. */
  readonly dueAt: number;
}

export interface ListWaitingParams {
  readonly type: string;
  readonly queue: string;
  readonly limit: number;
}

export interface WaitingTask {
  readonly task: Task;
  /** Ids of the tasks that it waits for and that have not ended. */
  readonly openDependencies: readonly string[];
}

export interface CountAheadParams {
  readonly taskId: string;
  readonly now: number;
  /** Count the tasks of this session alone. */
  readonly sessionId?: string;
}

export interface TallyEndedParams {
  readonly since: number;
  /** So many of each state, the last to end, are looked at for times and causes; 0 for none. */
  readonly sample: number;
}

export interface EndedTally {
  readonly type: string;
  readonly state: FinalTaskState;
  readonly count: number;
  /** From when on they are counted: `since`, or later when more than `tallyCap` have ended. */
  readonly from: number;
  readonly sample: EndedSample;
}

/** Of those looked at. */
export interface EndedSample {
  /** How many had been started, and how long their last attempts took together. */
  readonly ran: number;
  readonly tookMs: number;
  /** What those in the state `failed` failed of. */
  readonly failures: readonly { readonly kind: FailureKind; readonly count: number }[];
}

/** Of each state at most so many are counted, so that it takes milliseconds whatever happened. */
export const tallyCap = 100_000;

export interface LogsParams {
  readonly taskId: string;
  /** 0 for all. */
  readonly after: number;
  /** The last `limit` lines before this cursor, instead of the first after the other. */
  readonly before?: number;
  readonly limit: number;
}

export interface LogPage {
  readonly lines: readonly StoredLogLine[];
  readonly dropped: number;
}

export interface StoredLogLine extends LogLine {
  /** Position in the task's log, from 1. */
  readonly cursor: number;
  readonly attempt: number;
}

/** Per task: so many first and last lines are kept whatever happens, and long lines are cut. */
export const logCaps = { head: 1_000, tail: 4_000, lineLength: 4_096 } as const;

/** A result or a checkpoint above this is refused as `invalid_value`. */
export const documentCap = 1_048_576;

export interface CancelParams {
  readonly taskId: string;
  readonly reason: string;
  readonly now: number;
}

export interface RetryParams extends Exclusive {
  readonly taskId: string;
  /** Refused as an illegal transition unless this is its attempt: a stale wish does nothing. */
  readonly attempt?: number;
  readonly now: number;
}

export interface DeleteTaskParams {
  readonly taskId: string;
  readonly now: number;
}

export interface ClaimParams {
  readonly workerId: string;
  /** How many it begins at once. */
  readonly limit: number;
  /** How many more it begins, or gives back, within some 50 ms. A link need not pass it on. */
  readonly ahead?: number;
  readonly now: number;
  /** What this host can give, less the guard. Absent: no task is passed over for its memory. */
  readonly memoryFree?: number;
}

export interface Claim {
  readonly tasks: readonly Task[];
  /** When the next task that is not due yet becomes due, if one waits for this worker. */
  readonly nextDueAt?: number;
  readonly standing: "live" | "draining" | "gone";
}

export interface Settlement {
  readonly taskId: string;
  readonly attempt: number;
  readonly outcome: Outcome;
  /** When it has begun, which counts for one that was taken ahead; absent when it has not. */
  readonly startedAt?: number;
  /** Log lines that were not reported yet. */
  readonly logs?: readonly LogLine[];
  readonly peakMemory?: number;
  readonly cpuMs?: number;
}

export interface SettleParams {
  readonly workerId: string;
  readonly settlements: readonly Settlement[];
  /** Attempts that were taken ahead, have begun and are not over yet. */
  readonly begun?: readonly BegunAttempt[];
  /** Also claim up to this many; 0 for none. */
  readonly limit: number;
  readonly ahead?: number;
  readonly memoryFree?: number;
  readonly now: number;
  readonly jitter: number;
}

export interface BegunAttempt {
  readonly taskId: string;
  readonly attempt: number;
  readonly startedAt: number;
}

export type Standing = "accepted" | "superseded";

export interface Settled {
  /** In the order of the settlements. */
  readonly standings: readonly Standing[];
  readonly claim: Claim;
}

export interface ReportParams {
  readonly workerId: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly now: number;
  readonly progress?: Progress;
  readonly logs?: readonly LogLine[];
  readonly checkpoint?: JsonValue;
}

export interface RenewParams {
  readonly workerId: string;
  readonly now: number;
  readonly leaseMs: number;
  readonly usage?: WorkerUsage;
}

export interface Renewal {
  /** `gone`: the worker has been ended by somebody; whatever it holds is no longer its. */
  readonly standing: "live" | "draining" | "gone";
  /** With `gone`: none of its tasks runs again by itself, and whoever aborted it ends it. */
  readonly aborted?: true;
  /** The attempts it holds, as the store sees it: what is missing here is superseded. */
  readonly held: readonly HeldAttempt[];
}

export interface HeldAttempt {
  readonly taskId: string;
  readonly attempt: number;
  /** Set when the task's cancellation has been asked for. */
  readonly cancelReason?: string;
}

export interface RegisterWorkerParams {
  readonly worker: NewWorker;
  readonly now: number;
}

export interface ActivateWorkerParams {
  readonly workerId: string;
  readonly launchToken: string;
  readonly process: ProcessIdentity;
  readonly now: number;
  readonly leaseMs: number;
  readonly isOpening?: boolean;
}

export interface ReadyWorkerParams {
  readonly workerId: string;
  readonly now: number;
}

export interface RecordProcessParams {
  readonly workerId: string;
  /** Absent for a worker in a container: it tells by itself who it is in there. */
  readonly process?: ProcessIdentity;
  readonly executorRef: JsonValue;
}

export interface ListWorkersParams {
  readonly states?: readonly WorkerState[];
  readonly type?: string;
  readonly sessionId?: string;
  readonly pool?: string;
  readonly idPrefix?: string;
}

export interface ChangeWorkerParams {
  readonly workerId: string;
  readonly event: "drain" | "hang" | "respond";
  readonly now: number;
}

export interface AdoptWorkerParams {
  readonly workerId: string;
  readonly parent: ProcessIdentity;
  readonly now: number;
}

export interface EndWorkerParams {
  readonly workerId: string;
  readonly event: "leave" | "fail";
  readonly ending: WorkerEnding;
  /** What the attempts it still holds end with. */
  readonly tasks:
    | { readonly kind: "released" }
    | { readonly kind: "failed"; readonly failure: Failure };
  readonly now: number;
  readonly jitter: number;
}

export interface EndedWorker {
  readonly worker: Worker;
  /** Whether this call was the one that ended it. */
  readonly ended: boolean;
  /** The tasks it held, as they stand now. */
  readonly tasks: readonly Task[];
}

export interface DeleteWorkersParams {
  /** Only those that ended before. */
  readonly endedBefore: number;
  readonly ids?: readonly string[];
}

export interface OpenSessionParams {
  readonly session: NewSession;
  readonly now: number;
}

export interface EndSessionParams {
  readonly sessionId: string;
  readonly reason: string;
  readonly now: number;
}

export interface ListEventsParams {
  readonly after: number;
  readonly limit: number;
  /** Newest first, from before this cursor (none: from the end); `after` still bounds it. */
  readonly newestBefore?: number | "end";
  readonly types?: readonly EventType[];
  readonly taskId?: string;
  readonly workerId?: string;
}

export interface PruneLimits {
  readonly tasksEndedBefore: number;
  readonly eventsBefore: number;
  readonly workersEndedBefore: number;
}

export interface PruneParams extends PruneLimits {
  readonly limit: number;
}

export interface Pruned {
  readonly tasks: number;
  readonly events: number;
  readonly workers: number;
}

export interface Removed extends Pruned {
  /** The tasks, for whoever keeps something for them elsewhere. */
  readonly taskIds: readonly string[];
}

/** `work`: tasks of a type may be due. `worker`: somebody wants something of it. `changes`: anything. */
export type Topic =
  | { readonly kind: "work"; readonly type: string }
  | { readonly kind: "worker"; readonly workerId: string }
  | { readonly kind: "changes" };

export interface Watch {
  close(): void;
}
