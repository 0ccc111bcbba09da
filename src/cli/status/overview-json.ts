import type {
  EndedCounts,
  Finding,
  Overview,
  PoolOverview,
  SupervisorOverview,
  TypeOverview,
} from "../../overview/overview.ts";
import { pauseJson, taskJson, workerJson } from "../present/json-shapes.ts";

/** An overview as the JSON that users read. `docs/json-output.md` describes it. */
export function overviewJson(overview: Overview) {
  const { health, store, memory } = overview;
  return {
    at: iso(overview.at),
    health: health.level,
    findings: health.findings.map(findingJson),
    database: { path: store.location, exists: true, took_ms: Math.round(store.tookMs) },
    types: overview.types.map(typeJson),
    workers: overview.workers.map(({ worker, condition }) => ({
      ...workerJson(worker),
      condition,
    })),
    pools: overview.pools.map(poolJson),
    supervisors: overview.supervisors.map(supervisorJson),
    running: overview.running.map(taskJson),
    running_count: overview.runningCount,
    waiting: overview.waiting.map(({ task, because }) => ({
      ...taskJson(task),
      waits_because: because,
    })),
    waiting_count: overview.waitingCount,
    pauses: overview.pauses.map(pauseJson),
    failures: overview.failures.map(({ kind, type, count }) => ({ kind, type, count })),
    memory: {
      total: memory.total,
      available: memory.available,
      guard: memory.guard,
      reserved: memory.reserved,
      free: memory.free,
      used: memory.used,
      pressure: memory.pressure,
      physical_cores: memory.physicalCores,
    },
  };
}

/** What is said where no store could be looked at. */
export function noOverviewJson(params: {
  readonly at: number;
  readonly path: string;
  readonly exists: boolean;
  readonly health: "well" | "down";
  readonly findings: readonly Omit<JsonFinding, "level">[];
}) {
  const { at, path, exists, health, findings } = params;
  return {
    at: iso(at),
    health,
    findings: findings.map((finding) => ({ level: "down", ...finding })),
    database: { path, exists, took_ms: null },
    types: [],
    workers: [],
    pools: [],
    supervisors: [],
    running: [],
    running_count: 0,
    waiting: [],
    waiting_count: 0,
    failures: [],
    memory: null,
  };
}

interface JsonFinding {
  readonly level: string;
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

function findingJson({ level, code, message, next }: Finding): JsonFinding {
  return { level, code, message, next };
}

function typeJson(type: TypeOverview) {
  const { workers, room, averageMs } = type;
  return {
    type: type.type,
    workers: {
      starting: workers.starting,
      idle: workers.idle,
      busy: workers.busy,
      draining: workers.draining,
      hung: workers.hung,
      silent: workers.silent,
    },
    slots: type.slots,
    blocked: type.blocked,
    pending: type.pending,
    running: type.running,
    oldest_pending_at: iso(type.oldestPendingAt),
    queues: type.queues.map(({ queue, blocked, pending, running, oldestPendingAt }) => ({
      ...{ queue, blocked, pending, running },
      oldest_pending_at: iso(oldestPendingAt),
    })),
    last_minute: endedJson(type.lastMinute),
    last_hour: endedJson(type.lastHour),
    average_ms: averageMs === undefined ? null : Math.round(averageMs),
    room: room ? { slots: room.slots, refusal: room.refusal ?? null } : null,
  };
}

function endedJson({ completed, failed, cancelled, completedPerMinute }: EndedCounts) {
  const rate = Math.round(completedPerMinute * 10) / 10;
  return { completed, failed, cancelled, completed_per_minute: rate };
}

function poolJson({ name, type, queue, wanted, live, trouble, supervisor }: PoolOverview) {
  const { pid } = supervisor;
  return { name, type, queue, wanted, live, trouble: trouble ?? null, supervisor_pid: pid };
}

function supervisorJson(supervisor: SupervisorOverview) {
  const { process, kind, alive, since, workers, persistentWorkers } = supervisor;
  return {
    pid: process.pid,
    host: process.host,
    kind,
    alive: alive === "unknown" ? null : alive,
    since: iso(since),
    workers,
    persistent_workers: persistentWorkers,
  };
}

function iso(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
