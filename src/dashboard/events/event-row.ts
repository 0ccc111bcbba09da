import type { LoggedEvent } from "../../domain/event.ts";
import { tellsOnlyTaken } from "../../domain/taken-ahead.ts";
import { type Html, html, type Part } from "../html.ts";
import type { Row } from "../table.ts";
import { redactText } from "../task/redact.ts";
import { shortened } from "../tasks/shorten.ts";
import { taskAddress } from "../tasks/task-title.ts";
import { time } from "../time.ts";

export function eventRow(event: LoggedEvent, now: number): Row {
  const { cursor, at, type, data } = event;
  return {
    id: `event-${cursor}`,
    cells: [
      time(at, { now, inRow: true }),
      type === "audit" ? html`<strong>${said(data?.actor) ?? "nobody"}</strong>` : none,
      said(data?.role) ?? none,
      action(event),
      target(event),
      outcome(event),
      reason(event),
    ],
  };
}

const none = html`<span class="muted none">–</span>`;

function said(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function action({ type, data }: LoggedEvent): Html {
  const words = type === "audit" ? (said(data?.action) ?? "acted") : type.replaceAll("_", " ");
  return html`<span class="event-action">${words}</span>`;
}

function target({ taskId, workerId, workerType, data, sessionId }: LoggedEvent): Part {
  const told = [
    taskId !== undefined && link(taskAddress(taskId), taskId),
    workerId !== undefined && link(`/workers/${encodeURIComponent(workerId)}`, workerId),
  ].filter((one) => one !== false);
  if (told.length > 0) return html`<span class="targets">${told}</span>`;
  const other = said(data?.target) ?? workerType ?? sessionId;
  return other === undefined ? none : html`<span class="id">${shortened(other, 40)}</span>`;
}

function link(href: string, id: string): Html {
  return html`<a href="${href}"><code>${shortened(id, 24)}</code></a>`;
}

const glyphs = { done: "✓", refused: "⊘", failed: "✗" } as const;
const tones = { done: "completed", refused: "hung", failed: "failed" } as const;

/** Of actions alone: whether they were done, with a sign besides the word. */
function outcome({ type, data }: LoggedEvent): Part {
  const word = data?.outcome;
  if (type !== "audit" || (word !== "done" && word !== "refused" && word !== "failed")) return none;
  return html`<span class="${tones[word]} outcome"><span class="glyph" aria-hidden="true">${glyphs[word]}</span> ${word}</span>`;
}

function reason(event: LoggedEvent): Part {
  const { type, data, message, workerId, taskId } = event;
  if (tellsOnlyTaken(event))
    return html`<span class="reason">taken by a worker, and given back before it began</span>`;
  const text = type === "audit" ? said(data?.reason) : message;
  if (text === undefined) return none;
  const about = [workerId, taskId].find((id) => id !== undefined && text.startsWith(id));
  const rest = about === undefined ? text : text.slice(about.length).replace(/^[:,]? */, "");
  return html`<span class="reason">${redactText(rest).slice(0, 600)}</span>`;
}
