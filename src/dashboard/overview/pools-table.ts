import type { PoolOverview, TypeOverview } from "../../overview/overview.ts";
import { empty } from "../empty.ts";
import { type Html, html, type Part } from "../html.ts";
import { type Row, table } from "../table.ts";
import { grouped } from "../tasks/count-words.ts";
import { tasksAddress } from "../tasks/tasks-query.ts";
import { time } from "../time.ts";
import type { OverviewModel } from "./overview-model.ts";

/** One row for each worker type: what is wanted of it, what there is, and what holds it back. */
export function poolsTable({ overview, now }: OverviewModel): Html {
  const names = new Set([
    ...overview.types.map(({ type }) => type),
    ...overview.pools.map(({ type }) => type),
  ]);
  if (names.size === 0)
    return empty({
      kind: "none",
      title: "No pools, no workers, no tasks yet",
      command: "clx submit -- echo hello",
      more: "A first task and a worker for it:",
    });
  const rows = [...names].toSorted().map((type) =>
    poolRow({
      type,
      seen: overview.types.find((one) => one.type === type),
      pools: overview.pools.filter((one) => one.type === type),
      now,
    }),
  );
  return table({
    id: "pools-table",
    caption: "Pools by worker type",
    isCaptionUnseen: true,
    columns: [
      { head: "Type" },
      { head: "Wanted", isNumber: true },
      { head: "Live", isNumber: true },
      { head: "Busy", isNumber: true },
      { head: "Pending", isNumber: true },
      { head: "Running", isNumber: true },
      { head: "Completed a minute", isNumber: true },
      { head: "Oldest pending" },
      { head: "Room", name: "wide" },
    ],
    rows,
  });
}

interface PoolRowModel {
  readonly type: string;
  readonly seen: TypeOverview | undefined;
  readonly pools: readonly PoolOverview[];
  readonly now: number;
}

function poolRow({ type, seen, pools, now }: PoolRowModel): Row {
  const { starting = 0, idle = 0, busy = 0, draining = 0, hung = 0 } = seen?.workers ?? {};
  const wanted = pools.reduce((sum, pool) => sum + pool.wanted, 0);
  const tasks = (state: "pending" | "running", count = 0): Part =>
    count === 0 ? "0" : html`<a href="${tasksAddress({ state, type })}">${grouped(count)}</a>`;
  return {
    id: `pool-${type}`,
    cells: [
      html`<a href="${tasksAddress({ type })}">${type}</a>`,
      pools.length === 0 ? html`<span class="muted">–</span>` : String(wanted),
      String(starting + idle + busy + draining + hung),
      String(busy),
      tasks("pending", seen?.pending),
      tasks("running", seen?.running),
      rate(seen),
      seen?.oldestPendingAt === undefined
        ? html`<span class="muted">–</span>`
        : time(seen.oldestPendingAt, { now, as: "for", inRow: true }),
      roomWords(seen, pools),
    ],
  };
}

function rate(seen: TypeOverview | undefined): string {
  const perMinute = seen?.lastMinute.completedPerMinute ?? 0;
  return perMinute === 0 ? "0" : perMinute.toFixed(perMinute < 10 ? 1 : 0);
}

function roomWords(seen: TypeOverview | undefined, pools: readonly PoolOverview[]): Part {
  const trouble = pools.find((pool) => pool.trouble !== undefined)?.trouble;
  const refusal = seen?.room?.refusal;
  if (trouble !== undefined) return html`<span class="hung toned">${trouble}</span>`;
  if (refusal !== undefined) return html`<span class="muted">Full: ${refusal}</span>`;
  if (seen?.room === undefined) return html`<span class="muted">–</span>`;
  return html`Room for ${seen.room.slots} more`;
}
