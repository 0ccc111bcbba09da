import { describe, expect, it } from "vitest";
import { renderMetrics } from "../../src/server/metrics/exposition.ts";
import { readMetrics } from "../../src/server/metrics.ts";
import { serviceRoutes } from "../../src/server/routes/service.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { until } from "../support/until.ts";
import { type LiveSite, openLiveSite } from "./live-site.ts";
import { parseMetrics } from "./parse-metrics.ts";

const openSite = () => openLiveSite({ routes: serviceRoutes });

async function scrape({ url }: LiveSite) {
  const answer = await fetch(`${url}/metrics`);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const metrics = parseMetrics(await answer.text());
  return {
    metrics,
    value(name: string, labels: Record<string, string> = {}) {
      const samples = [...metrics.values()].flatMap((metric) => metric.samples);
      return samples.find(
        (sample) =>
          sample.name === name &&
          Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
      )?.value;
    },
  };
}

describe("/metrics", () => {
  it("tells of tasks, workers, memory, requests and the process", async () => {
    const live = await openSite();
    await live.submitMany(3, { queue: 'odd "queue"\\' });
    await live.submitMany(2);
    const worker = await PlayedWorker.start(live.store);
    await worker.settle(await worker.claim(), { kind: "completed" });
    await worker.claim();
    await fetch(`${live.url}/health`);
    await fetch(`${live.url}/no/such/page`);

    const { metrics, value } = await scrape(live);

    expect(value("clx_tasks", { queue: 'odd "queue"\\', state: "pending" })).toBe(3);
    expect(value("clx_tasks", { queue: "default", state: "running" })).toBe(1);
    expect(value("clx_tasks_kept", { state: "completed" })).toBe(1);
    expect(value("clx_workers", { type: "command", state: "busy" })).toBe(1);
    expect(value("clx_memory_total_bytes")).toBeGreaterThan(0);
    expect(value("clx_store_up")).toBe(1);
    expect(value("clx_streams")).toBe(0);
    expect(value("clx_build_info", { version: "0.0.0", mode: "standalone" })).toBe(1);
    expect(value("clx_http_requests_total", { route: "/health", status: "200" })).toBe(1);
    expect(value("clx_http_requests_total", { route: "unknown", status: "404" })).toBe(1);
    expect(value("clx_http_request_duration_seconds_count", { route: "/health" })).toBe(1);
    expect(value("process_resident_memory_bytes")).toBeGreaterThan(1_000_000);
    expect([...metrics.keys()].filter((name) => !/^(clx|process|nodejs)_/.test(name))).toEqual([]);
  });

  it("counts what ends from the first look on, and never less", async () => {
    const live = await openSite();
    await scrape(live);
    await live.submitMany(2);
    const worker = await PlayedWorker.start(live.store);
    await worker.settle(await worker.claim(), { kind: "completed" });
    const failure = { kind: "user_error", message: "it is wrong" } as const;
    await worker.settle(await worker.claim(), { kind: "failed", failure });

    const ended = await until(async () => {
      const { value } = await scrape(live);
      const counts = ["completed", "failed", "cancelled"].map((state) =>
        value("clx_tasks_ended_total", { state }),
      );
      return counts[0] === 1 && counts[1] === 1 && counts;
    });

    expect(ended).toEqual([1, 1, 0]);
  });

  it("still tells of itself when the store cannot be reached", async () => {
    const live = await openSite();
    await live.store.close();

    const metrics = parseMetrics(await readMetrics(live.server));

    expect(metrics.get("clx_store_up")?.samples[0]?.value).toBe(0);
    expect(metrics.has("clx_tasks")).toBe(false);
    expect(metrics.has("process_cpu_seconds_total")).toBe(true);
  });

  it("needs a key once one is in force", async () => {
    const live = await openSite();
    await live.store.access.addKey({
      key: { id: "k", name: "me", role: "admin", hash: "0".repeat(64), hint: "clx_" },
      now: Date.now(),
    });

    const answer = await fetch(`${live.url}/metrics`);

    expect(answer.status).toBe(401);
  });
});

describe("the text format", () => {
  it("escapes what labels and help may hold", () => {
    const text = renderMetrics([
      {
        name: "clx_odd",
        type: "gauge",
        help: "one\ntwo \\ three",
        samples: [{ labels: { name: 'a "b"\n\\c' }, value: Number.POSITIVE_INFINITY }],
      },
    ]);

    const [sample] = parseMetrics(text).get("clx_odd")?.samples ?? [];

    expect(sample).toEqual({
      name: "clx_odd",
      labels: { name: 'a "b"\n\\c' },
      value: Number.POSITIVE_INFINITY,
    });
  });
});
