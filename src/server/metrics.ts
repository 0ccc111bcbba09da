import { endedCountsOf } from "./ended-counts.ts";
import { countersOf } from "./metrics/counters.ts";
import { type Metric, renderMetrics } from "./metrics/exposition.ts";
import { httpMeterOf } from "./metrics/http-meter.ts";
import { processMetrics } from "./metrics/process-metrics.ts";
import { type StoreFacts, storeMetrics } from "./metrics/store-metrics.ts";
import { perServer } from "./per-server.ts";
import type { ServerContext } from "./server-context.ts";
import { KeptFresh } from "./stream/kept-fresh.ts";

const recentMs = 300_000;

/** What Prometheus is told. When the store cannot be reached, only what does not come from it. */
export async function readMetrics(server: ServerContext): Promise<string> {
  const facts = await readFacts(server).catch((error: unknown) => {
    server.log("warn", "metrics of the store could not be read", { error: String(error) });
    return undefined;
  });
  return renderMetrics([
    ...ownMetrics(server, facts !== undefined),
    ...(facts === undefined ? [] : storeMetrics(facts)),
    ...httpMeterOf(server).metrics(),
    ...processMetrics(),
  ]);
}

async function readFacts(server: ServerContext): Promise<StoreFacts> {
  const counters = countersOf(server);
  await counters.look();
  const [overview, kept, recent] = await Promise.all([
    server.feed.overview(),
    endedCountsOf(server).get(),
    recentOf(server).get(),
  ]);
  const { ended, refusals } = counters;
  return { overview, kept, recent, ended, refusals };
}

const recentOf = perServer(
  ({ store, clock }) =>
    new KeptFresh({
      clock,
      restMs: 1_000,
      make() {
        const until = clock.now();
        return store.throughput({ since: until - recentMs, until, sliceMs: recentMs });
      },
    }),
);

function ownMetrics({ settings, feed }: ServerContext, isReachable: boolean): Metric[] {
  const { version, mode } = settings;
  return [
    {
      name: "clx_build_info",
      type: "gauge",
      help: "What runs here.",
      samples: [{ labels: { version, mode, node: process.version }, value: 1 }],
    },
    {
      name: "clx_store_up",
      type: "gauge",
      help: "1 when the store answers.",
      samples: [{ value: isReachable ? 1 : 0 }],
    },
    {
      name: "clx_streams",
      type: "gauge",
      help: "Event streams that are open.",
      samples: [{ value: feed.listeners }],
    },
  ];
}
