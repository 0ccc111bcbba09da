import { shorten } from "../../cli/present/width.ts";
import { layoutList } from "../layout.ts";
import { countOf, orders, type Row, rowsOf, selectedIn } from "../rows.ts";
import { type MonitorState, type PaneName, paneNames } from "../state.ts";
import { inverted, type Line, plain, type Span, spread } from "../terminal/line.ts";
import { layTable, type Table } from "./columns.ts";
import { meterLines } from "./meters.ts";
import { rowDetail } from "./row-detail.ts";
import { tableColumns } from "./table-columns.ts";

/** Meters, one table, and what is known of its chosen row. */
export function listView(state: MonitorState): Line[] {
  const { seen, size, pane, now } = state;
  if (seen === undefined) return [plain(" reading the database …")];
  const list = state.lists[pane];
  const rows = rowsOf(state);
  const at = selectedIn(rows, list);
  const layout = layoutList(size);
  const table = layTable(tableColumns(pane, now), size.columns);
  return [
    ...meterLines(seen.overview, layout.meters, now),
    spread(tabs(state, rows.length), place(state, rows, layout.table), size.columns),
    table.head,
    ...tableLines({ state, rows, at, table, height: layout.table }),
    ...detailLines(state, rows[at], layout.detail),
  ];
}

function tabs(state: MonitorState, shownCount: number): Line {
  const { seen, pane } = state;
  const { filter, sortedBy } = state.lists[pane];
  const names = paneNames.map((name): Span => {
    const count = seen ? countOf(seen, name) : 0;
    const word = `${name[0]?.toUpperCase()}${name.slice(1)} ${count}`;
    return name === pane ? { text: `[${word}]`, bold: true } : { text: ` ${word} ` };
  });
  const order = orders[pane][sortedBy]?.name ?? "";
  const found = filter === "" ? "" : `  filter "${filter}": ${shownCount}`;
  return [...names, { text: `  by ${order}${found}`, colour: "grey" }];
}

function place({ seen, pane, lists }: MonitorState, rows: readonly Row[], height: number): Line {
  const { top, marked } = lists[pane];
  const { waitingCount = 0, waiting = [] } = seen?.overview ?? {};
  const unread = pane === "tasks" ? waitingCount - waiting.length : 0;
  const end = Math.min(rows.length, top + height);
  return [
    { text: marked.size === 0 ? "" : `${marked.size} marked `, colour: "yellow" },
    { text: unread > 0 ? `${unread} more wait ` : "", colour: "grey" },
    { text: rows.length > height ? `${top + 1}-${end} of ${rows.length} ` : "", colour: "grey" },
  ];
}

interface TableParams {
  readonly state: MonitorState;
  readonly rows: readonly Row[];
  readonly at: number;
  readonly table: Table<Row>;
  readonly height: number;
}

function tableLines({ state, rows, at, table, height }: TableParams): Line[] {
  const { top, marked, filter } = state.lists[state.pane];
  const { columns } = state.size;
  const lines = rows.slice(top, top + height).map((row, offset) => {
    const isChosen = top + offset === at;
    const signs = `${isChosen ? ">" : " "}${marked.has(row.id) ? "*" : " "} `;
    const line = [{ text: signs }, ...table.line(row)];
    return isChosen ? inverted(line, columns) : line;
  });
  if (rows.length === 0) lines.push(plain(`   ${emptyWords(state.pane, filter)}`));
  while (lines.length < height) lines.push([]);
  return lines;
}

function emptyWords(pane: PaneName, filter: string): string {
  if (filter !== "") return `nothing here has "${filter}"; esc shows all again`;
  if (pane === "workers") return 'no worker lives; "clx supervise --type command" starts one';
  if (pane === "types") return "no workers and no tasks yet";
  return 'no tasks yet; "clx submit command -- PROG ARG…" hands one in';
}

function detailLines(state: MonitorState, row: Row | undefined, height: number): Line[] {
  if (height === 0) return [];
  const { columns } = state.size;
  const name = row === undefined ? "" : ` ${row.id} `;
  const rule = "─".repeat(Math.max(0, columns - 2 - name.length));
  const lines = row === undefined ? [] : rowDetail(row, state);
  const shown = lines.slice(0, height - 1);
  while (shown.length < height - 1) shown.push([]);
  return [plain(shorten(`──${name}${rule}`, columns), { colour: "grey" }), ...shown];
}
