import type { Task } from "../../domain/task.ts";
import { progressWords } from "../../domain/task-words.ts";
import { badge, taskMark } from "../badge.ts";
import { type Html, html, type Part } from "../html.ts";
import type { Row } from "../table.ts";
import { type Duration, ran, skewWords, waited } from "../task/durations.ts";
import { redactText } from "../task/redact.ts";
import { time, timeSaying } from "../time.ts";
import { shortened } from "./shorten.ts";
import { shownTitle, taskAddress } from "./task-title.ts";
import type { Order } from "./tasks-query.ts";

export interface RowOptions {
  readonly now: number;
  readonly order: Order;
  /** A page of a queue of its own has no boxes to tick. */
  readonly isTickable: boolean;
}

export function taskRow(task: Task, { now, order, isTickable }: RowOptions): Row {
  const name = shownTitle(task);
  const tick = html`<input type="checkbox" name="id" value="${task.id}" form="bulk" data-row aria-label="Tick ${name.slice(0, 80)}">`;
  const clock = order === "ended" ? task.endedAt : task.createdAt;
  return {
    id: `task-${task.id}`,
    cells: [
      ...(isTickable ? [tick] : []),
      stateBadge(task, now),
      html`<a class="task-title" href="${taskAddress(task.id)}">${shortened(name)}</a>${remark(task)}`,
      html`<span class="word-cut">${shortened(task.type, 24)}</span>`,
      task.priority === 0 ? html`<span class="muted none">0</span>` : task.priority,
      tries(task),
      task.workerId === undefined
        ? none
        : html`<a href="/workers/${encodeURIComponent(task.workerId)}"><code>${shortened(task.workerId, 22)}</code></a>`,
      durationWords(waited(task, now), ticking(task, "pending", now)),
      durationWords(ran(task, now), ticking(task, "running", now)),
      clock === undefined ? none : time(clock, { now, inRow: true }),
    ],
  };
}

const none = html`<span class="muted none">–</span>`;

/** A retry is told with its time; "later" alone would leave the question open. */
export function stateBadge(task: Task, now: number): Html {
  const mark = taskMark(task, now);
  if (mark !== "later") return badge(mark);
  const until = time(task.runAt ?? now, { now, as: "until", inRow: true });
  return badge("later", html`${task.attempt > 0 ? "retry" : "due"} ${until}`);
}

function tries({ attempt, attemptLimit }: Task): Html {
  const words = `${attempt} of at most ${attemptLimit}`;
  return html`<span title="${words}"${attempt > 1 && html` class="again"`}>${attempt}/${attemptLimit}</span>`;
}

/** One more line: why it failed, how far it is. */
function remark(task: Task): Part {
  if (task.state === "failed" && task.failure) return told(task.failure.message);
  if (task.state === "cancelled" && task.cancelReason) return told(task.cancelReason);
  if (task.state === "running" && task.progress) return told(progressWords(task));
  return false;
}

function told(text: string): Part {
  return text !== "" && html`<span class="remark">${shortened(redactText(text), 110)}</span>`;
}

/** Since when it goes on, where a script can let it tick. */
function ticking(task: Task, state: "pending" | "running", now: number): number | undefined {
  if (task.state !== state) return undefined;
  const since = state === "running" ? task.startedAt : Math.max(task.createdAt, task.runAt ?? 0);
  return since !== undefined && since <= now ? since : undefined;
}

export function durationWords(told: Duration | undefined, tickingSince?: number): Part {
  if (told === undefined) return none;
  if (told.skewMs !== undefined) {
    return html`<span class="skew" title="${skewWords(told.skewMs)}">⚠ clock skew</span>`;
  }
  if (tickingSince === undefined) return told.words;
  return timeSaying(told.words, tickingSince, { as: "for", inRow: true });
}
