import { type LoggedEvent, poolEventTypes } from "../../domain/event.ts";
import type { Connection } from "./connection.ts";
import { type EventRow, eventOf } from "./events.ts";
import { sqlList } from "./guards.ts";

/** The condition is that of the index, word for word. */
export const poolEventsSql = `
  select   *
  from     worker_events indexed by worker_events_of_pools
  where    event_type in (${sqlList(poolEventTypes)})
  order by id desc
  limit    ?`;

export function listPoolEvents(
  db: Connection,
  { limit }: { readonly limit: number },
): LoggedEvent[] {
  return db.all<EventRow>(poolEventsSql, limit).map(eventOf);
}
