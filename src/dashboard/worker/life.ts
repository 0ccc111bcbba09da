import type { EventType, LoggedEvent } from "../../domain/event.ts";
import { glyph, type Mark } from "../badge.ts";
import { type Html, html } from "../html.ts";
import { time } from "../time.ts";
import type { WorkerModel } from "./worker-model.ts";

const marks: Partial<Record<EventType, Mark>> = {
  worker_starting: "created",
  worker_registered: "created",
  worker_ready: "completed",
  worker_hung: "hung",
  worker_responding: "completed",
  worker_draining: "draining",
  worker_stopping: "draining",
  worker_signalled: "stopping",
  worker_gone: "dead",
  worker_stopped: "dead",
  worker_failed: "failed",
  worker_aborted: "failed",
  worker_adopted: "idle",
  orphan_ended: "dead",
};

/** What happened to it, the latest first; an abort tells each of its steps here. */
export function lifeOf({ events, now }: WorkerModel): Html {
  if (events.length === 0) return html`<p class="muted calm">Nothing was logged of it.</p>`;
  return html`<ol class="life">${events.map((event) => lifeLine(event, now))}</ol>`;
}

/** The page is about that worker alone. */
function withoutName(message: string | undefined, name: string): string | undefined {
  if (message === undefined || !message.startsWith(name)) return message;
  return message.slice(name.length).replace(/^:? /, "");
}

function lifeLine(event: LoggedEvent, now: number): Html {
  const { cursor, type, at, workerId } = event;
  const message = workerId === undefined ? event.message : withoutName(event.message, workerId);
  return html`<li id="event-${cursor}">${glyph(marks[type] ?? "pending")}<span class="what"><b>${type.replace(/^worker_/, "").replaceAll("_", " ")}</b>${message !== undefined && html` <span class="muted">${message}</span>`}</span>${time(at, { now, inRow: true })}</li>`;
}
