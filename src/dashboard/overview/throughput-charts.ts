import { span } from "../../domain/time-words.ts";
import type { Throughput, ThroughputSlice } from "../../store/task-store.ts";
import { chart, type Values } from "../chart.ts";
import { type Html, html } from "../html.ts";
import { exactUtc } from "../time.ts";
import type { OverviewModel } from "./overview-model.ts";

const minuteMs = 60_000;
const minutes = 60;

type Slot = { readonly at: number; readonly slice?: ThroughputSlice; readonly isKnown: boolean };

export function throughputCharts({ throughput, now }: OverviewModel): Html {
  const slots = slotsOf(throughput, now);
  const points = slots.map(
    ({ at }) =>
      html`<time datetime="${new Date(at).toISOString()}" data-tick="minute">${exactUtc(at).slice(11, 16)}</time>`,
  );
  const shared = { points, pointHead: "Minute", scale: ["60m ago", "45m", "30m", "15m", "now"] };
  return html`${tasksChart(slots, shared)}${waitChart(slots, shared)}`;
}

type Shared = {
  readonly points: readonly Html[];
  readonly pointHead: string;
  readonly scale: readonly string[];
};

function tasksChart(slots: readonly Slot[], shared: Shared): Html {
  const completed = slots.map((slot) => countOf(slot, "completed"));
  const failed = slots.map((slot) => countOf(slot, "failed"));
  const sum = (values: Values) => values.reduce<number>((all, value = 0) => all + value, 0);
  const peak = slots[completed.indexOf(Math.max(...completed.map((value = 0) => value)))];
  const peakWords =
    sum(completed) === 0 || peak === undefined
      ? ""
      : `, at most ${peak.slice?.completed ?? 0} a minute at ${exactUtc(peak.at).slice(11, 16)} UTC`;
  return chart({
    ...shared,
    id: "ended-chart",
    title: "Ended tasks a minute",
    sentence: `${sum(completed)} tasks completed and ${sum(failed)} failed in the last hour${peakWords}.`,
    series: [
      {
        label: "completed",
        values: completed,
        tone: "completed",
        latest: `${sum(completed)} in 1 h`,
      },
      { label: "failed", values: failed, tone: "failed", latest: `${sum(failed)} in 1 h` },
    ],
    tell: (value) => String(Math.round(value * 10) / 10),
    least: 4,
  });
}

function waitChart(slots: readonly Slot[], shared: Shared): Html {
  const p50 = slots.map(({ slice }) => slice?.waitMs?.p50);
  const p95 = slots.map(({ slice }) => slice?.waitMs?.p95);
  const last = slots.findLast(({ slice }) => slice?.waitMs !== undefined)?.slice?.waitMs;
  const told = (value: number | undefined) => (value === undefined ? "–" : span(value));
  return chart({
    ...shared,
    id: "wait-chart",
    title: "Time waited to start",
    sentence:
      last === undefined
        ? "No task was started in the last hour."
        : `Half of the tasks waited at most ${span(last.p50)}, 95 of 100 at most ${span(last.p95)}, in the latest minute with any.`,
    series: [
      { label: "median", values: p50, tone: "running", latest: told(last?.p50) },
      { label: "95 %", values: p95, tone: "draining", latest: told(last?.p95) },
    ],
    tell: span,
    least: 1_000,
  });
}

/** Minutes in which nothing ended count as 0; those that were not counted are gaps. */
function countOf({ slice, isKnown }: Slot, what: "completed" | "failed"): number | undefined {
  return isKnown ? (slice?.[what] ?? 0) : undefined;
}

/** Whole minutes: one that has just begun would look like an end of the work. */
function slotsOf({ from, slices }: Throughput, now: number): Slot[] {
  const last = slices.at(-1)?.at ?? now;
  const phase = ((last % minuteMs) + minuteMs) % minuteMs;
  const end = Math.floor((now - minuteMs - phase) / minuteMs) * minuteMs + phase;
  return Array.from({ length: minutes }, (_, n) => {
    const at = end - (minutes - 1 - n) * minuteMs;
    const slice = slices.find((one) => Math.abs(one.at - at) < minuteMs / 2);
    return { at, isKnown: at + minuteMs > from, ...(slice && { slice }) };
  });
}
