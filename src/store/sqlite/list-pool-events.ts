import { type LoggedEvent, poolEventTypes } from "../../domain/event.ts";
import type { Connection } from "./connection.ts";
import { type EventRow, eventOf } from "./events.ts";
import { sqlList } from "./guards.ts";

/** As the index has it, word by word. */
const isOfPool = "(substr(event_type, 1, 5) = 'pool_' or event_type = 'admission_refused')";

export const poolEventsSql = `
  select   *
  from     worker_events indexed by worker_events_of_pools
  where    ${isOfPool}
  and      event_type in (${sqlList(poolEventTypes)})
  order by id desc
  limit    ?`;

export function listPoolEvents(
  db: Connection,
  { limit }: { readonly limit: number },
): LoggedEvent[] {
  return db.all<EventRow>(poolEventsSql, limit).map(eventOf);
}
