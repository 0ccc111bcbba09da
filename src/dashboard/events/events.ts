import type { LoggedEvent } from "../../domain/event.ts";
import { empty } from "../empty.ts";
import { type Html, html, nothing, type Part } from "../html.ts";
import { type Column, table } from "../table.ts";
import { grouped } from "../tasks/count-words.ts";
import { choice, field } from "../tasks/filters.ts";
import { eventRow } from "./event-row.ts";
import {
  type EventsQuery,
  eventKinds,
  eventsAddress,
  exportAddress,
  isFiltered,
} from "./events-query.ts";

export interface EventsModel {
  readonly query: EventsQuery;
  readonly events: readonly LoggedEvent[];
  /** Before which the next page begins. */
  readonly next?: number;
  /** For completion: who has acted lately, and who works. */
  readonly actors: readonly string[];
  readonly workers: readonly string[];
  /** Set when the search for an actor ended after so many. */
  readonly lookedThrough?: number;
  readonly now: number;
}

/** Who did what, and what happened. */
export function eventsPage(model: EventsModel): Html {
  const { query } = model;
  return html`<div class="heading"><h1>Events</h1><div class="actions small"><a class="button" href="${exportAddress(query, "jsonl")}" download>Export JSON lines</a><a class="button" href="${exportAddress(query, "csv")}" download>Export CSV</a></div></div>
${filterLine(model)}
<section id="event-list" data-live="events" aria-label="Events">
${query.actor !== undefined && html`<p class="note">The export has the actions of everybody: it knows no actor.</p>`}
${model.lookedThrough !== undefined && html`<p class="note">Looked through the newest ${grouped(model.lookedThrough)} actions.</p>`}
<p class="new-rows"><button type="button" data-new-rows="events-rows" hidden>New events</button></p>
${model.events.length === 0 ? nothingToShow(query) : rows(model)}
</section>`;
}

function filterLine({ query, actors, workers }: EventsModel): Html {
  return html`<form id="filters" class="filters" method="get" action="/events" role="search" aria-label="Filter events">
${choice({ name: "kind", label: "Kind", value: query.kind, any: "everything", options: kinds })}
${field({ name: "actor", label: "Actor", value: query.actor, known: actors })}
${field({ name: "task", label: "Task", value: query.task, hint: "its id" })}
${field({ name: "worker", label: "Worker", value: query.worker, known: workers })}
<div class="buttons"><button type="submit">Filter</button>${isFiltered(query) && html`<a class="button" href="/events">Clear filters</a>`}</div>
</form>`;
}

const kinds = Object.entries(eventKinds).map(([kind, { words }]) => [kind, words] as const);

const columns: readonly Column[] = [
  { head: "Time", name: "time" },
  { head: "Actor", name: "actor" },
  { head: "Role", name: "role" },
  { head: "Action", name: "action" },
  { head: "Target", name: "target" },
  { head: "Outcome", name: "outcome" },
  { head: "Reason", name: "reason" },
];

function rows(model: EventsModel): Html {
  const { events, now } = model;
  return html`${table({
    id: "events",
    caption: "Events, newest first",
    isCaptionUnseen: true,
    columns,
    headAt: 3,
    isFrozenInUse: true,
    rows: events.map((event) => eventRow(event, now)),
  })}${paging(model)}`;
}

function paging({ query, next }: EventsModel): Part {
  const { before, ...first } = query;
  if (before === undefined && next === undefined) return false;
  return html`<nav class="paging" aria-label="Pages">${before === undefined ? nothing : html`<a class="button" href="${eventsAddress(first)}">Newest</a>`}${next === undefined ? html`<span class="muted">These are the oldest.</span>` : html`<a class="button" rel="next" href="${eventsAddress({ ...first, before: next })}">Older</a>`}</nav>`;
}

function nothingToShow(query: EventsQuery): Html {
  if (isFiltered(query) || query.before !== undefined) {
    return empty({ kind: "no_match", title: "No event fits these filters.", clear: "/events" });
  }
  return empty({
    kind: "none",
    title: "Nothing has happened yet.",
    command: "clx submit command -- echo hello",
  });
}
