import { defaultRetry, type Task } from "../../src/domain/task.ts";
import type { Worker } from "../../src/domain/worker.ts";
import { keepInSight } from "../../src/monitor/in-sight.ts";
import { press, type Wish } from "../../src/monitor/press.ts";
import { render } from "../../src/monitor/render.ts";
import { firstState, type MonitorState, type Seen } from "../../src/monitor/state.ts";
import type { Key } from "../../src/monitor/terminal/keys.ts";
import { type Line, type Size, textOf } from "../../src/monitor/terminal/line.ts";
import type { Overview, TypeOverview } from "../../src/overview/overview.ts";

process.env.TZ = "UTC";

const gib = 1024 ** 3;
const mib = 1024 ** 2;
export const now = Date.UTC(2026, 2, 1, 14, 5, 9);

export function aTask(id: string, more: Partial<Task> = {}): Task {
  return {
    ...{ id, type: "command", queue: "default", priority: 0, retry: defaultRetry },
    payload: { argv: ["python3", "simulate.py", "--steps", "1000"] },
    ...{ after: [], onDependencyFailure: "skip", state: "pending", attempt: 0, attemptLimit: 3 },
    createdAt: now - 95_000,
    ...more,
  };
}

export function aWorker(id: string, more: Partial<Worker> = {}): Worker {
  return {
    ...{ id, type: "command", queue: "default", mode: "direct", concurrency: 1 },
    ...{ persistent: true, expectedMemory: 512 * mib, state: "idle", beats: 9, taskIds: [] },
    ...{ registeredAt: now - 600_000, activatedAt: now - 599_000, heartbeatAt: now - 2_000 },
    ...{ tasksCompleted: 12, tasksFailed: 1, busyMs: 130_000, configSource: "file" },
    process: { pid: 4711, startedAt: "x", host: "here" },
    parent: { pid: 4700, startedAt: "x", host: "here" },
    usage: { memory: 134 * mib, cpuPercent: 97, processes: 3 },
    ...more,
  };
}

const running = aTask("01kk0runningaaaaaaaa", {
  state: "running",
  attempt: 1,
  startedAt: now - 45_000,
  workerId: "direct-command-0-1a2b3c4d",
  progress: { fraction: 0.45, message: "step 450 of 1000 日本語", at: now },
});
const failed = aTask("01kk0failedbbbbbbbbb", {
  state: "failed",
  attempt: 1,
  startedAt: now - 50_000,
  endedAt: now - 30_000,
  failure: { kind: "exit_code", message: '"python3" ended with exit code 3', exitCode: 3 },
});
const completed = aTask("01kk0completedcccccc", {
  state: "completed",
  attempt: 1,
  startedAt: now - 80_000,
  endedAt: now - 60_000,
});
const pending = aTask("01kk0pendingdddddddd", { createdAt: now - 90_000 });
const blocked = aTask("01kk0blockedeeeeeeee", { state: "blocked", after: [pending.id] });

const command: TypeOverview = {
  type: "command",
  workers: { starting: 0, idle: 1, busy: 1, draining: 0, hung: 0, silent: 0 },
  slots: 2,
  queues: [{ queue: "default", blocked: 1, pending: 1, running: 1, oldestPendingAt: now - 90_000 }],
  ...{ blocked: 1, pending: 1, running: 1, oldestPendingAt: now - 90_000 },
  lastMinute: { completed: 3, failed: 0, cancelled: 0, completedPerMinute: 3 },
  lastHour: { completed: 120, failed: 3, cancelled: 1, completedPerMinute: 2 },
  averageMs: 12_400,
  room: { slots: 0, refusal: "no more than 2 workers fit into memory" },
};

export const overview: Overview = {
  at: now,
  store: { location: "/home/ada/course/.clx/clx_jobs.db", tookMs: 2 },
  health: {
    level: "degraded",
    findings: [
      {
        level: "degraded",
        code: "no_workers_for_type",
        message: "1 notebook task waits in queue default, and no live worker takes it.",
        next: '"clx supervise --type notebook" starts some.',
      },
    ],
  },
  types: [command],
  workers: [
    {
      worker: aWorker("direct-command-0-1a2b3c4d", { state: "busy", taskIds: [running.id] }),
      condition: "well",
    },
    { worker: aWorker("direct-command-1-5e6f7a8b"), condition: "stalled" },
  ],
  pauses: [],
  pools: [
    {
      name: "command",
      type: "command",
      queue: "default",
      wanted: 2,
      live: 2,
      supervisor: { pid: 4700, startedAt: "x", host: "here" },
    },
  ],
  supervisors: [],
  running: [running],
  runningCount: 1,
  waiting: [
    { task: pending, because: "The worker for it is busy; it is the next in line." },
    { task: blocked, because: `It waits for task ${pending.id} to end.` },
  ],
  waitingCount: 2,
  failures: [{ kind: "exit_code", type: "command", count: 3 }],
  memory: {
    ...{ total: 16 * gib, available: 11 * gib, guard: 2 * gib, reserved: 0.5 * gib },
    ...{ free: 8.5 * gib, used: 268 * mib, pressure: "normal", physicalCores: 4 },
  },
};

export const seen: Seen = { overview, ended: [failed, completed] };

export const tasks = { running, pending, blocked, failed, completed };

export function aState(size: Size = { columns: 80, rows: 24 }, more: Partial<MonitorState> = {}) {
  return keepInSight({ ...firstState({ now, size, readOnly: false }), seen, ...more });
}

/** What is on the screen, as a person reads it. */
export function screenOf(state: MonitorState, { ascii = false } = {}): string {
  return textsOf(render(state, { ascii })).join("\n");
}

export function textsOf(lines: readonly Line[]): string[] {
  return lines.map(textOf);
}

/** The state after some keys, and what the last of them wished for. */
export function pressed(
  state: MonitorState,
  ...keys: readonly Key[]
): { state: MonitorState; wish?: Wish } {
  let result: { state: MonitorState; wish?: Wish } = { state };
  for (const key of keys) {
    const next = press(result.state, key);
    result = { ...next, state: keepInSight(next.state) };
  }
  return result;
}

/** What was read about an opened task. */
export function withStory(state: MonitorState, task: Task, lineCount: number): MonitorState {
  const log = Array.from({ length: lineCount }, (_, at) => ({
    ...{ cursor: at + 1, attempt: 1, at: now - 40_000 + at * 1_000 },
    stream: at % 5 === 4 ? ("stderr" as const) : ("stdout" as const),
    line: `line ${at + 1} of the log`,
  }));
  const opened = state.opened.map((view) =>
    view.kind === "task" && view.id === task.id
      ? { ...view, story: { task, attempts: [], log } }
      : view,
  );
  return { ...state, opened };
}
