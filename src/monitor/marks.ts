import { stateColour } from "../cli/present/task-words.ts";
import { widthOf } from "../cli/present/width.ts";
import type { Task } from "../domain/task.ts";
import type { TaskState } from "../domain/task-state.ts";
import type { WorkerState } from "../domain/worker-state.ts";
import type { SeenWorker } from "../overview/overview.ts";
import { graphemes } from "./terminal/graphemes.ts";
import type { Line, Span } from "./terminal/line.ts";

const glyphs: Readonly<Record<TaskState | WorkerState, string>> = {
  blocked: "◇",
  pending: "○",
  running: "▶",
  completed: "✓",
  failed: "✗",
  cancelled: "⊘",
  created: "◌",
  idle: "○",
  busy: "▶",
  draining: "▽",
  hung: "⚠",
  dead: "■",
};

/** For terminals that have nothing else; each takes as many columns as what it stands for. */
const asciiOf: Readonly<Record<string, string>> = {
  "◇": "#",
  "○": ".",
  "◔": "~",
  "▶": ">",
  "✓": "+",
  "✗": "x",
  "⊘": "-",
  "▽": "v",
  "⚠": "!",
  "◌": ":",
  "■": "=",
  "…": "~",
  "─": "-",
  "·": "|",
  "█": "#",
  "░": "-",
  "›": ">",
  "→": ">",
  "×": "x",
};

/** A state as shape, word and colour: none of them alone has to be enough. */
export function taskMark(task: Task, now: number): Span {
  const { state, cancelRequestedAt, runAt = 0 } = task;
  const isLater = state === "pending" && runAt > now;
  const word = state === "running" && cancelRequestedAt !== undefined ? "stopping" : state;
  return withColour(`${isLater ? "◔" : glyphs[state]} ${isLater ? "later" : word}`, task);
}

export function workerMark({ worker, condition }: SeenWorker): Span {
  if (condition === "well") return withColour(`${glyphs[worker.state]} ${worker.state}`, worker);
  return { text: `⚠ ${condition}`, colour: "red" };
}

function withColour(text: string, what: Parameters<typeof stateColour>[0]): Span {
  const colour = stateColour(what);
  return { text, ...(colour !== undefined && { colour }) };
}

export function inAscii(line: Line): Line {
  return line.map((span) => ({ ...span, text: asciiText(span.text) }));
}

function asciiText(text: string): string {
  return Array.from(graphemes(text), (char) => asciiOf[char] ?? plainLetter(char)).join("");
}

/** Letters lose their accents; nothing is known of the rest. */
function plainLetter(char: string): string {
  const [letter = ""] = char.normalize("NFKD");
  return letter <= "\u007f" ? letter : "?".repeat(widthOf(char));
}

/** `████████░░░░` */
export function bar(fraction: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return "█".repeat(full) + "░".repeat(width - full);
}
