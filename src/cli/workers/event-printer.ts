import type { LoggedEvent } from "../../domain/event.ts";
import type { JsonValue } from "../../domain/json.ts";
import { lastCursor } from "../../library/last-cursor.ts";
import { ownIdentity } from "../../machine/process-identity.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { Log } from "../logging/log.ts";

const pageSize = 500;

export interface EventPrinter {
  /** Prints what has happened since the last call; says how much. */
  printNews(): Promise<number>;
}

/** What it says of itself and its pools is its own matter. */
function isOfOtherSupervisor({ data }: LoggedEvent): boolean {
  const supervisor = data?.supervisor;
  if (typeof supervisor !== "object" || supervisor === null || Array.isArray(supervisor)) {
    return false;
  }
  const own = ownIdentity();
  const { pid, startedAt, host } = supervisor as { readonly [key: string]: JsonValue };
  return pid !== own.pid || startedAt !== own.startedAt || host !== own.host;
}

/** Logs what happens in the store from now on. */
export async function printEventsFromNow(store: TaskStore, log: Log): Promise<EventPrinter> {
  let after = await lastCursor(store);
  return {
    async printNews() {
      for (let count = 0; ; ) {
        const page = await store.listEvents({ after, limit: pageSize });
        for (const event of page) if (!isOfOtherSupervisor(event)) log.event(event);
        after = page.at(-1)?.cursor ?? after;
        count += page.length;
        if (page.length < pageSize) return count;
      }
    },
  };
}
