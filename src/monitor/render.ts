import { localClock } from "../cli/present/time.ts";
import { isTooSmall, layoutList, leastSize } from "./layout.ts";
import { inAscii } from "./marks.ts";
import { type MonitorState, openedOf } from "./state.ts";
import {
  cutTo,
  type Line,
  plain,
  type Span,
  type Style,
  spread,
  widthOfLine,
} from "./terminal/line.ts";
import { helpView } from "./views/help.ts";
import { listView } from "./views/list.ts";
import { taskView } from "./views/task.ts";
import { workerView } from "./views/worker.ts";

export interface Look {
  /** The terminal shows ASCII only. */
  readonly ascii: boolean;
}

/** The screen for a state, row by row. Nothing else than the state decides what is on it. */
export function render(state: MonitorState, look: Look): Line[] {
  const lines = isTooSmall(state.size) ? tooSmall(state) : wholeScreen(state);
  const fitting = lines.map((line) => cutTo(line, state.size.columns));
  return look.ascii ? fitting.map(inAscii) : fitting;
}

function tooSmall({ size }: MonitorState): Line[] {
  const { columns, rows } = leastSize;
  return [
    plain(`${size.columns}×${size.rows} is too small.`),
    plain(`It takes ${columns}×${rows}.`),
    plain("q quits"),
  ];
}

function wholeScreen(state: MonitorState): Line[] {
  const { rows, columns } = state.size;
  const body = [titleLine(state), ...bodyOf(state)].slice(0, rows - 2);
  while (body.length < rows - 2) body.push([]);
  return [...body, messageLine(state), fitLegend(legendOf(state), columns)];
}

function bodyOf(state: MonitorState): Line[] {
  if (state.isHelpShown) return helpView();
  const opened = openedOf(state);
  if (opened?.kind === "task") return taskView(state, opened);
  if (opened?.kind === "worker") return workerView(state, opened);
  return [...attentionLines(state), ...listView(state)];
}

function titleLine(state: MonitorState): Line {
  const { seen, now, trouble, readOnly, size } = state;
  const where = state.opened.map(({ kind, id }) => ` › ${kind} ${id}`).join("");
  const place = where || `  ${seen?.overview.store.location ?? ""}`;
  const left: Line = [
    { text: " clx monitor", bold: true },
    { text: `${readOnly ? " (read-only)" : ""}${place}` },
  ];
  const age = trouble && seen ? ` data of ${localClock(seen.overview.at)} ` : "";
  const right: Line = [{ text: age, colour: "red" }, { text: `${localClock(now)} ` }];
  return spread(cutTo(left, size.columns - widthOfLine(right) - 1), right, size.columns);
}

/** The worst thing in words, and what to do about it where there is room for that. */
function attentionLines({ seen, trouble, size }: MonitorState): Line[] {
  const height = layoutList(size).attention;
  if (trouble !== undefined)
    return upTo(height, [`✗ the database cannot be read: ${trouble}`], red);
  if (seen === undefined) return upTo(height, [], {});
  const [first, ...others] = seen.overview.health.findings;
  if (first === undefined) return upTo(height, ["✓ Nothing needs you."], { colour: "green" });
  const more = others.length === 0 ? "" : ` (1 of ${others.length + 1}, see "clx status")`;
  const isDown = first.level === "down";
  const texts = [`${isDown ? "✗" : "⚠"} ${first.message}${more}`, `→ ${first.next}`];
  return upTo(height, texts, isDown ? red : { colour: "yellow" });
}

function upTo(height: number, texts: readonly string[], style: Style): Line[] {
  return Array.from({ length: height }, (_, at) => plain(` ${texts[at] ?? ""}`, style));
}

const red = { colour: "red" } as const;

function messageLine({ prompt, message, lists, pane }: MonitorState): Line {
  if (prompt?.kind === "confirm") {
    return plain(` ${prompt.question}`, { bold: true, colour: "yellow" });
  }
  if (prompt?.kind === "filter") {
    return [
      { text: ` filter: ${lists[pane].filter}`, bold: true },
      { text: " ", inverse: true },
      { text: "  enter keeps it, esc drops it", colour: "grey" },
    ];
  }
  return message === undefined ? [] : plain(` ${message}`);
}

type Legend = readonly (readonly [string, string])[];

const listLegend: Legend = [
  ["?", "help"],
  ["q", "quit"],
  ["tab", "pane"],
  ["enter", "open"],
  ["l", "log"],
  ["/", "filter"],
  ["s", "sort"],
  ["space", "mark"],
];
const taskActs: Legend = [
  ["c", "cancel"],
  ["r", "retry"],
];
const workerActs: Legend = [
  ["d", "drain"],
  ["a", "abort"],
];

function legendOf(state: MonitorState): Legend {
  if (state.isHelpShown) return [["any key", "back"]];
  if (state.prompt?.kind === "confirm") {
    return [
      ["y", "yes"],
      ["any other key", "no, do nothing"],
    ];
  }
  const opened = openedOf(state);
  const quit: Legend = [
    ["?", "help"],
    ["q", "quit"],
    ["esc", "back"],
  ];
  if (opened?.kind === "task") {
    const whole = opened.isLogOnly ? "facts" : "only log";
    return [...quit, ...taskActs, ["l", whole], ["o", "plain log"], ["enter", "worker"]];
  }
  if (opened?.kind === "worker") return [...quit, ...workerActs, ["enter", "its task"]];
  const acts = state.pane === "tasks" ? taskActs : state.pane === "workers" ? workerActs : [];
  return [...listLegend.slice(0, 5), ...acts, ...listLegend.slice(5)];
}

/** As many as fit, the most important first. */
function fitLegend(legend: Legend, columns: number): Line {
  const spans: Span[] = [];
  let width = 0;
  for (const [key, what] of legend) {
    width += key.length + what.length + 3;
    if (width > columns) break;
    spans.push({ text: " " }, { text: key, inverse: true }, { text: ` ${what} ` });
  }
  return spans;
}
