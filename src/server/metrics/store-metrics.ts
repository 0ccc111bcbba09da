import { liveWorkerStates } from "../../domain/worker-state.ts";
import type { Overview } from "../../overview/overview.ts";
import type { Throughput } from "../../store/task-store.ts";
import type { EndedCounts } from "../ended-counts.ts";
import type { EndedCount } from "./counters.ts";
import type { Metric, Sample } from "./exposition.ts";

export interface StoreFacts {
  readonly overview: Overview;
  /** Tasks that have ended and are still kept. */
  readonly kept: EndedCounts;
  /** Of the last minutes, in one slice. */
  readonly recent: Throughput;
  readonly ended: readonly EndedCount[];
  readonly refusals: number;
}

export function storeMetrics(facts: StoreFacts): readonly Metric[] {
  const { overview, ended, refusals } = facts;
  return [
    gauge("clx_tasks", "Tasks that have not ended.", taskSamples(overview)),
    gauge(
      "clx_tasks_kept",
      "Tasks that have ended and are still in the store.",
      Object.entries(facts.kept).map(([state, value]) => ({ labels: { state }, value })),
    ),
    gauge(
      "clx_task_oldest_pending_age_seconds",
      "Since when the oldest pending task waits.",
      ages(overview),
    ),
    {
      name: "clx_tasks_ended_total",
      type: "counter",
      help: "Tasks that have ended since this server was first asked.",
      samples: ended.map(({ type, state, count }) => ({ labels: { type, state }, value: count })),
    },
    ...times(facts.recent),
    gauge("clx_workers", "Live workers.", workerSamples(overview)),
    gauge("clx_pool_workers_wanted", "Workers that a pool shall have.", pools(overview, "wanted")),
    gauge("clx_pool_workers", "Workers that a pool has.", pools(overview, "live")),
    ...memory(overview),
    {
      name: "clx_admission_refusals_total",
      type: "counter",
      help: "How often a worker was not started since this server was first asked.",
      samples: [{ value: refusals }],
    },
    gauge("clx_pauses", "Pauses in force.", [{ value: overview.pauses.length }]),
    gauge("clx_findings", "What is not well, by its code.", findings(overview)),
    gauge("clx_store_answer_seconds", "How long the store took for the questions of an overview.", [
      { value: overview.store.tookMs / 1_000 },
    ]),
  ];
}

function taskSamples({ types }: Overview): Sample[] {
  return types.flatMap(({ type, queues }) =>
    queues.flatMap(({ queue, ...depth }) =>
      (["blocked", "pending", "running"] as const).map((state) => ({
        labels: { type, queue, state },
        value: depth[state],
      })),
    ),
  );
}

function ages({ types, at }: Overview): Sample[] {
  return types.flatMap(({ type, queues }) =>
    queues.flatMap(({ queue, oldestPendingAt }) =>
      oldestPendingAt === undefined
        ? []
        : [{ labels: { type, queue }, value: Math.max(0, at - oldestPendingAt) / 1_000 }],
    ),
  );
}

function times({ slices }: Throughput): Metric[] {
  const recent = slices.at(-1);
  const quantiles = [
    ["clx_task_wait_seconds", "From being due to the last claim.", recent?.waitMs],
    ["clx_task_run_seconds", "How long last attempts ran.", recent?.ranMs],
  ] as const;
  return quantiles.map(([name, help, found]) => ({
    name,
    type: "summary",
    help: `${help} Tasks that ended within the last five minutes.`,
    samples:
      found === undefined
        ? []
        : [
            { labels: { quantile: "0.5" }, value: found.p50 / 1_000 },
            { labels: { quantile: "0.95" }, value: found.p95 / 1_000 },
          ],
  }));
}

function workerSamples({ workers, types }: Overview): Sample[] {
  return types.flatMap(({ type }) =>
    liveWorkerStates.map((state) => ({
      labels: { type, state },
      value: workers.filter(({ worker }) => worker.type === type && worker.state === state).length,
    })),
  );
}

function pools(overview: Overview, what: "wanted" | "live"): Sample[] {
  return overview.pools.map((pool) => ({
    labels: { pool: pool.name, type: pool.type, pid: String(pool.supervisor.pid) },
    value: pool[what],
  }));
}

const memoryHelp = {
  total: "Memory of the machine.",
  available: "Memory that programs could still have.",
  guard: "Memory kept for everything else on the machine.",
  reserved: "Memory that live workers are expected to need and do not use yet.",
  free: "Memory that workers may still be given.",
  used: "Memory that live workers use.",
} as const;

function memory({ memory: found }: Overview): Metric[] {
  return Object.entries(memoryHelp).map(([name, help]) =>
    gauge(`clx_memory_${name}_bytes`, help, [{ value: found[name as keyof typeof memoryHelp] }]),
  );
}

function findings({ health }: Overview): Sample[] {
  const counts = new Map<string, number>();
  for (const { code } of health.findings) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, value]) => ({ labels: { code }, value }));
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, type: "gauge", help, samples };
}
