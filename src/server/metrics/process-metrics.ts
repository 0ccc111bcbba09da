import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Metric } from "./exposition.ts";

const nanosecond = 1e-9;
const started = Date.now() / 1_000 - process.uptime();
const delay = monitorEventLoopDelay({ resolution: 20 });

/** Of this process. The lag of the event loop is that since somebody last asked. */
export function processMetrics(): readonly Metric[] {
  delay.enable();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const lag = [0.5, 0.99].map((quantile) => ({
    labels: { quantile: String(quantile) },
    value: delay.count === 0 ? 0 : delay.percentile(quantile * 100) * nanosecond,
  }));
  delay.reset();
  return [
    {
      name: "process_cpu_seconds_total",
      type: "counter",
      help: "User and system time of the server's process.",
      samples: [{ value: (user + system) / 1e6 }],
    },
    gauge("process_resident_memory_bytes", "Resident memory of the server's process.", rss),
    gauge("process_start_time_seconds", "When the server's process started.", started),
    gauge("nodejs_heap_size_used_bytes", "JavaScript objects of the server.", heapUsed),
    {
      name: "nodejs_eventloop_lag_seconds",
      type: "summary",
      help: "How late the server's event loop is, since the last look.",
      samples: lag,
    },
  ];
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, type: "gauge", help, samples: [{ value }] };
}
