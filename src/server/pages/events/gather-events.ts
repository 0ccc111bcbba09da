import type { EventsModel } from "../../../dashboard/events/events.ts";
import { type EventsQuery, listEventsParams } from "../../../dashboard/events/events-query.ts";
import type { LoggedEvent } from "../../../domain/event.ts";
import type { TaskStore } from "../../../store/task-store.ts";
import type { ServerContext } from "../../server-context.ts";

const pageSize = 100;
/** The store cannot look for an actor: so many of the newest actions are looked through. */
const mostSearched = 20_000;
const searchStep = 2_000;

/** What the page of events shows. */
export async function gatherEvents(
  { store, clock, feed }: ServerContext,
  query: EventsQuery,
): Promise<EventsModel> {
  const [found, acted, overview] = await Promise.all([
    query.actor === undefined ? page(store, query) : ofActor(store, query, query.actor),
    store.listEvents({ after: 0, newestBefore: "end", limit: 200, types: ["audit"] }),
    feed.overview(),
  ]);
  const events = found.events.slice(0, pageSize);
  const next = found.events.length > pageSize ? events.at(-1)?.cursor : undefined;
  return {
    ...{ query, events, now: clock.now() },
    actors: [...new Set(acted.map(({ data }) => String(data?.actor ?? "nobody")))].toSorted(),
    workers: overview.workers.slice(0, 200).map(({ worker }) => worker.id),
    ...(next !== undefined && { next }),
    ...(found.lookedThrough !== undefined && { lookedThrough: found.lookedThrough }),
  };
}

interface Found {
  readonly events: readonly LoggedEvent[];
  readonly lookedThrough?: number;
}

async function page(store: TaskStore, query: EventsQuery): Promise<Found> {
  return { events: await store.listEvents(listEventsParams(query, pageSize + 1)) };
}

async function ofActor(store: TaskStore, query: EventsQuery, actor: string): Promise<Found> {
  const events: LoggedEvent[] = [];
  let before = query.before;
  for (let seen = 0; seen < mostSearched; seen += searchStep) {
    const asked = { ...query, ...(before !== undefined && { before }) };
    const some = await store.listEvents(listEventsParams(asked, searchStep));
    events.push(...some.filter(({ data }) => data?.actor === actor));
    before = some.at(-1)?.cursor;
    if (some.length < searchStep || events.length > pageSize) return { events };
  }
  return { events, lookedThrough: mostSearched };
}
