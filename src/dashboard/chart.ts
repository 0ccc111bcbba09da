import { type Html, html, nothing } from "./html.ts";

/**
 * Curves, drawn at the server as SVG: an image with a sentence for who cannot see it, and the
 * numbers as a table. A gap in the values is a gap in the curve, not a zero.
 */
export type Values = readonly (number | undefined)[];

export interface SparklineModel {
  readonly values: Values;
  /** What it shows, in one sentence. */
  readonly sentence: string;
  /** The upper end of the scale; the highest value when left out. */
  readonly top?: number;
  readonly tone?: string;
}

const spark = { width: 96, height: 24 } as const;

export function sparkline({ values, sentence, top, tone = "running" }: SparklineModel): Html {
  const { width, height } = spark;
  const plot = { values, width, height: height - 2, top: top ?? highest(values) };
  return html`<svg class="sparkline ${tone}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${sentence}"><path class="base" d="M0 ${height - 0.5}H${width}"/><path class="fill" d="${areaPath(plot)}"/><path class="line" d="${linePath(plot)}"/><path class="dots" d="${dotsPath(plot)}"/></svg>`;
}

export interface Series {
  readonly label: string;
  readonly values: Values;
  /** The second one is dashed, so that colour is not needed to tell them apart. */
  readonly tone: string;
  /** The last value, for the legend. */
  readonly latest: string;
}

export interface ChartModel {
  readonly id: string;
  readonly title: string;
  readonly sentence: string;
  /** One or two. */
  readonly series: readonly Series[];
  /** What the points are called, one for each: "14:05". */
  readonly points: readonly Html[];
  /** Below the curve, from the left to the right. */
  readonly scale: readonly string[];
  /** How a value is told. */
  readonly tell: (value: number) => string;
  /** In the table: what the points are. */
  readonly pointHead: string;
  /** Whether round numbers are those of ten or of bytes. */
  readonly unit?: "number" | "bytes";
  /** The upper end of the scale is at least this. */
  readonly least?: number;
}

const hour = { width: 600, height: 120 } as const;

/** A curve over time with its scale, direct labels, and the numbers on demand. */
export function chart(model: ChartModel): Html {
  const { id, title, sentence, series, points, scale, tell } = model;
  const most = Math.max(model.least ?? 0, ...series.map(({ values }) => highest(values)));
  const top = model.unit === "bytes" ? 2 ** Math.ceil(Math.log2(Math.max(1, most))) : niceTop(most);
  const { width, height } = hour;
  return html`<figure class="chart" id="${id}" data-chart>
<figcaption><h3>${title}</h3><ul class="legend">${series.map(
    ({ label, tone, latest }, at) =>
      html`<li class="${tone}"><svg viewBox="0 0 24 8" width="24" height="8" aria-hidden="true"><path class="line${at > 0 && " dashed"}" d="M1 4H23"/></svg>${label} <b>${latest}</b></li>`,
  )}</ul></figcaption>
<div class="plot"><div class="levels" aria-hidden="true"><span>${tell(top)}</span><span>${tell(top / 2)}</span><span>0</span></div>
<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${sentence}"><path class="grid" d="M0 .5H${width}M0 ${height / 2}H${width}M0 ${height - 0.5}H${width}"/>${series.map(
    ({ values, tone }, at) => {
      const plot = { values, width, height, top };
      return html`<g class="${tone}">${at === 0 ? html`<path class="fill" d="${areaPath(plot)}"/>` : nothing}<path class="line${at > 0 && " dashed"}" d="${linePath(plot)}"/><path class="dots" d="${dotsPath(plot)}"/></g>`;
    },
  )}<path class="cursor" d="" hx-morph-skip/></svg>
<p class="at-cursor" aria-hidden="true" hx-morph-skip hidden></p></div>
<div class="scale" aria-hidden="true">${scale.map((word) => html`<span>${word}</span>`)}</div>
<details><summary>Numbers</summary><div class="table-frame" tabindex="0" role="region" aria-label="${title}, numbers"><table class="table numbers"><caption class="unseen">${title}</caption><thead><tr><th scope="col">${model.pointHead}</th>${series.map(({ label }) => html`<th scope="col" class="number">${label}</th>`)}</tr></thead><tbody>${points.map(
    (point, at) =>
      html`<tr><th scope="row">${point}</th>${series.map(({ values }) => html`<td class="number">${told(values[at], tell)}</td>`)}</tr>`,
  )}</tbody></table></div></details>
</figure>`;
}

function told(value: number | undefined, tell: (value: number) => string): string {
  return value === undefined ? "–" : tell(value);
}

interface Plot {
  readonly values: Values;
  readonly width: number;
  readonly height: number;
  readonly top: number;
}

/** `M0 10L10 5M30 4L40 8`: a new start after each gap. */
export function linePath(plot: Plot): string {
  return runsOf(plot)
    .filter((run) => run.length > 1)
    .map((run) => `M${run.join("L")}`)
    .join("");
}

/** Points between two gaps. */
export function dotsPath(plot: Plot): string {
  return runsOf(plot)
    .filter((run) => run.length === 1)
    .map(([point]) => `M${point}h0`)
    .join("");
}

function areaPath(plot: Plot): string {
  return runsOf(plot)
    .filter((run) => run.length > 1)
    .map((run) => {
      const [from = ""] = (run[0] ?? "").split(" ");
      const [to = ""] = (run.at(-1) ?? "").split(" ");
      return `M${from} ${plot.height}L${run.join("L")}L${to} ${plot.height}Z`;
    })
    .join("");
}

/** Stretches without a gap, each point as "x y". */
function runsOf({ values, width, height, top }: Plot): string[][] {
  const step = width / Math.max(1, values.length - 1);
  const runs: string[][] = [[]];
  values.forEach((value, at) => {
    if (value === undefined) {
      runs.push([]);
      return;
    }
    const y = height - (Math.min(value, top) / (top || 1)) * (height - 2) - 1;
    runs.at(-1)?.push(`${round(at * step)} ${round(y)}`);
  });
  return runs.filter((run) => run.length > 0);
}

function highest(values: Values): number {
  return Math.max(0, ...values.map((value = 0) => value));
}

/** 1, 2, 4, 5, 6, 8 or 10 times a power of ten: half of it is a round number too. */
export function niceTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 4, 6, 8, 10].find((one) => one * power >= value) ?? 10;
  return factor * power;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
