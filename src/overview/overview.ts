import type { FailureKind } from "../domain/failure.ts";
import type { Pause } from "../domain/pause.ts";
import type { Task } from "../domain/task.ts";
import type { ProcessIdentity, Worker } from "../domain/worker.ts";

/**
 * How everything stands, at one moment: what `clx status`, the monitor and others show.
 *
 * Plain data, nothing of it made for a certain way of showing it. Whatever could be long is
 * bounded, and the count beside it tells how many there are in all. Times are milliseconds,
 * memory is bytes.
 */
export interface Overview {
  readonly at: number;
  readonly store: StoreOverview;
  readonly health: Health;
  /** Each type that has workers, open tasks, or tasks that ended within the last hour; by name. */
  readonly types: readonly TypeOverview[];
  /** Live workers, in order of registration. */
  readonly workers: readonly SeenWorker[];
  /** Pools whose supervisor is not known to be gone. */
  readonly pools: readonly PoolOverview[];
  readonly supervisors: readonly SupervisorOverview[];
  /** The last to be submitted of those that run. */
  readonly running: readonly Task[];
  readonly runningCount: number;
  /** Of each type and queue those that will be taken next. */
  readonly waiting: readonly WaitingOverview[];
  readonly waitingCount: number;
  /** What holds tasks back, the oldest first. */
  readonly pauses: readonly Pause[];
  /** Why tasks failed within the last hour; the most frequent cause first. */
  readonly failures: readonly FailureCause[];
  readonly memory: MemoryOverview;
}

export interface StoreOverview {
  readonly location: string;
  /** How long it took to answer all questions of this overview. */
  readonly tookMs: number;
}

export interface TypeOverview {
  readonly type: string;
  readonly workers: WorkerCounts;
  /** How many tasks its idle and busy workers can run at once. */
  readonly slots: number;
  readonly queues: readonly QueueOverview[];
  readonly blocked: number;
  readonly pending: number;
  readonly running: number;
  /** Since when the oldest of the pending tasks that are due could run. */
  readonly oldestPendingAt?: number;
  readonly lastMinute: EndedCounts;
  readonly lastHour: EndedCounts;
  /** How long the tasks took that completed last, within the hour: from the claim to the end. */
  readonly averageMs?: number;
  /** For how many more workers like its largest the machine has room. Absent without workers. */
  readonly room?: Room;
}

export interface WorkerCounts {
  readonly starting: number;
  readonly idle: number;
  readonly busy: number;
  readonly draining: number;
  readonly hung: number;
  /** Of those, how many are not heard of any more, or have lost their process. */
  readonly silent: number;
}

export interface QueueOverview {
  readonly queue: string;
  readonly blocked: number;
  readonly pending: number;
  readonly running: number;
  readonly oldestPendingAt?: number;
}

/** In the window, or in as much of it as was counted: rates are per minute of what was. */
export interface EndedCounts {
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly completedPerMinute: number;
}

export interface Room {
  readonly slots: number;
  /** Which limit allows no more. */
  readonly refusal?: string;
}

export interface SeenWorker {
  readonly worker: Worker;
  /**
   * `lost`: its process is gone. `silent`: it has not been heard of for longer than its lease.
   * `stalled`: for so long that it may be ended for that.
   */
  readonly condition: "well" | "hung" | "silent" | "stalled" | "lost";
}

export interface PoolOverview {
  readonly name: string;
  readonly type: string;
  readonly queue: string;
  readonly wanted: number;
  readonly live: number;
  /** Why it has fewer workers than it wants. */
  readonly trouble?: string;
  readonly supervisor: ProcessIdentity;
}

/** A process that keeps workers. */
export interface SupervisorOverview {
  readonly process: ProcessIdentity;
  /** What opened its session: `services`, `exec`, …; `supervisor` for one without a session. */
  readonly kind: string;
  /** `unknown`: it runs, or ran, on another machine. */
  readonly alive: boolean | "unknown";
  readonly since?: number;
  /** Its live workers. */
  readonly workers: number;
  readonly persistentWorkers: number;
}

export interface WaitingOverview {
  readonly task: Task;
  /** One sentence. */
  readonly because: string;
}

export interface FailureCause {
  readonly kind: FailureKind;
  readonly type: string;
  readonly count: number;
}

export interface MemoryOverview {
  readonly total: number;
  readonly available: number;
  /** Kept for everything else on the machine. */
  readonly guard: number;
  /** Expected by live workers of this machine and not used by them yet. */
  readonly reserved: number;
  /** What workers may still be given; less than 0 when even the guard is used. */
  readonly free: number;
  /** What live workers of this machine use now. */
  readonly used: number;
  readonly pressure: "normal" | "warning" | "critical";
  readonly physicalCores: number;
}

/**
 * `well`: nothing needs anybody. `degraded`: work goes on, but not all of it or not as wanted.
 * `down`: tasks wait, and nobody is there who would ever take any of them.
 */
export interface Health {
  readonly level: "well" | "degraded" | "down";
  /** The worst first. */
  readonly findings: readonly Finding[];
}

export interface Finding {
  readonly level: "degraded" | "down";
  /** Stable, for programs. */
  readonly code: FindingCode;
  /** One sentence. */
  readonly message: string;
  /** What to do. */
  readonly next: string;
}

export type FindingCode =
  | "no_workers"
  | "no_workers_for_type"
  | "workers_hung"
  | "workers_silent"
  | "workers_stalled"
  | "workers_lost"
  | "supervisor_lost"
  | "pool_short"
  | "memory_short"
  | "paused"
  | "store_slow";
