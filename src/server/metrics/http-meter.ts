import { perServer } from "../per-server.ts";
import type { Metric, Sample } from "./exposition.ts";

/** Seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface MeteredRequest {
  readonly method: string;
  /** As the table of routes spells it: there must not be a series for each address. */
  readonly route: string;
  readonly status: number;
  /** Until there was an answer; how long a stream went on does not count. */
  readonly seconds: number;
}

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly buckets: number[];
  readonly statuses: Map<number, number>;
  sum: number;
  count: number;
}

/** How many requests each route has answered, how, and how fast. */
export class HttpMeter {
  readonly #series = new Map<string, Series>();

  observe({ method, route, status, seconds }: MeteredRequest): void {
    const series = this.#seriesOf(method, route);
    const bucket = bounds.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
    series.statuses.set(status, (series.statuses.get(status) ?? 0) + 1);
    series.sum += seconds;
    series.count++;
  }

  metrics(): readonly Metric[] {
    const all = [...this.#series.values()];
    return [
      {
        name: "clx_http_requests_total",
        type: "counter",
        help: "Requests answered, by route and status.",
        samples: all.flatMap(({ labels, statuses }) =>
          [...statuses].map(([status, value]) => ({
            labels: { ...labels, status: String(status) },
            value,
          })),
        ),
      },
      {
        name: "clx_http_request_duration_seconds",
        type: "histogram",
        help: "Time until a request was answered.",
        samples: all.flatMap(histogramOf),
      },
    ];
  }

  #seriesOf(method: string, route: string): Series {
    const key = `${method} ${route}`;
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const buckets = bounds.map(() => 0);
    const series = { labels: { method, route }, buckets, statuses: new Map(), sum: 0, count: 0 };
    this.#series.set(key, series);
    return series;
  }
}

export const httpMeterOf = perServer(() => new HttpMeter());

function histogramOf({ labels, buckets, sum, count }: Series): Sample[] {
  let below = 0;
  const counted = bounds.map((bound, index): Sample => {
    below += buckets[index] ?? 0;
    return { suffix: "_bucket", labels: { ...labels, le: String(bound) }, value: below };
  });
  return [
    ...counted,
    { suffix: "_bucket", labels: { ...labels, le: "+Inf" }, value: count },
    { suffix: "_sum", labels, value: sum },
    { suffix: "_count", labels, value: count },
  ];
}
