import type { TaskState } from "../domain/task-state.ts";
import type { WorkerState } from "../domain/worker-state.ts";
import { type Html, html } from "./html.ts";

/** What a badge can say: the states, and what is told of them beyond. */
export type Mark =
  | TaskState
  | WorkerState
  | "later"
  | "stopping"
  | "stalled"
  | "silent"
  | "lost"
  | "down"
  | "degraded"
  | "well";

interface Look {
  readonly glyph: string;
  /** One of the state colours of `styles/tokens.css`. */
  readonly tone: string;
}

export const looks: Readonly<Record<Mark, Look>> = {
  blocked: { glyph: "◇", tone: "blocked" },
  pending: { glyph: "○", tone: "pending" },
  later: { glyph: "◔", tone: "pending" },
  running: { glyph: "▶", tone: "running" },
  stopping: { glyph: "▽", tone: "draining" },
  completed: { glyph: "✓", tone: "completed" },
  failed: { glyph: "✗", tone: "failed" },
  cancelled: { glyph: "⊘", tone: "cancelled" },
  created: { glyph: "◌", tone: "pending" },
  idle: { glyph: "○", tone: "pending" },
  busy: { glyph: "▶", tone: "running" },
  draining: { glyph: "▽", tone: "draining" },
  hung: { glyph: "⚠", tone: "hung" },
  stalled: { glyph: "⚠", tone: "hung" },
  silent: { glyph: "⚠", tone: "hung" },
  lost: { glyph: "✗", tone: "failed" },
  dead: { glyph: "■", tone: "cancelled" },
  down: { glyph: "✗", tone: "failed" },
  degraded: { glyph: "⚠", tone: "hung" },
  well: { glyph: "✓", tone: "completed" },
};

/** Shape, word and colour; `word` where another than the mark's own is wanted ("retry in 40s"). */
export function badge(mark: Mark, word: Html | string = mark): Html {
  const { tone } = looks[mark];
  return html`<span class="badge ${tone}">${glyph(mark)}<span class="word">${word}</span></span>`;
}

export function glyph(mark: Mark): Html {
  const { glyph: shape, tone } = looks[mark];
  return html`<span class="glyph ${tone}" aria-hidden="true">${shape}</span>`;
}

export function taskMark(
  task: {
    readonly state: TaskState;
    readonly runAt?: number;
    readonly cancelRequestedAt?: number;
  },
  now: number,
): Mark {
  if (task.state === "pending" && (task.runAt ?? 0) > now) return "later";
  return task.state === "running" && task.cancelRequestedAt !== undefined ? "stopping" : task.state;
}
