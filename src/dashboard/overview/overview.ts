import { type Html, html } from "../html.ts";
import { attention } from "./attention.ts";
import { lastFailures, longestRunning } from "./notable-tasks.ts";
import type { OverviewModel } from "./overview-model.ts";
import { poolsTable } from "./pools-table.ts";
import { roomLine } from "./room-line.ts";
import { stateCounts } from "./state-counts.ts";
import { throughputCharts } from "./throughput-charts.ts";

/** Is anything wrong? */
export function overviewPage(model: OverviewModel): Html {
  return html`<h1 class="unseen">Overview</h1>
${attention(model)}
${stateCounts(model)}
<section class="charts" id="throughput" data-live="overview" data-interval="30" aria-labelledby="hour-title"><h2 id="hour-title" class="unseen">The last hour</h2>${throughputCharts(model)}</section>
<section class="block" id="pools" data-live="overview workers" data-interval="10" aria-labelledby="pools-title"><div class="heading"><h2 id="pools-title">Pools</h2>${roomLine(model.overview)}</div>${poolsTable(model)}</section>
<div class="halves">
<section class="block" id="longest-running" data-live="overview tasks" aria-labelledby="longest-title"><h2 id="longest-title">Longest running</h2>${longestRunning(model)}</section>
<section class="block" id="last-failures" data-live="overview tasks" aria-labelledby="failures-title"><h2 id="failures-title">Last failures</h2>${lastFailures(model)}</section>
</div>`;
}
