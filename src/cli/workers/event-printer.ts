import type { EventType, LoggedEvent } from "../../domain/event.ts";
import { lastCursor } from "../../library/last-cursor.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { eventWords } from "../present/event-line.ts";
import { eventJson } from "../present/json-shapes.ts";
import { localClock } from "../present/time.ts";
import type { Terminal } from "../terminal.ts";

const pageSize = 500;

/** Not worth a line unless somebody asks for all. */
const routine: ReadonlySet<EventType> = new Set([
  "task_submitted",
  "task_started",
  "task_unblocked",
  "worker_starting",
  "worker_registered",
]);

export interface EventPrinter {
  /** Prints what has happened since the last call. */
  printNews(): Promise<void>;
}

/** Prints what happens in the store from now on, one line each. */
export async function printEventsFromNow(
  store: TaskStore,
  terminal: Terminal,
  verbose: boolean,
): Promise<EventPrinter> {
  let after = await lastCursor(store);
  const print = (event: LoggedEvent) => {
    if (terminal.json) terminal.printJson(eventJson(event));
    else if (verbose || !routine.has(event.type)) {
      terminal.print(terminal.harmless(`${localClock(event.at)} ${eventWords(event)}`));
    }
  };
  return {
    async printNews() {
      for (;;) {
        const page = await store.listEvents({ after, limit: pageSize });
        for (const event of page) print(event);
        after = page.at(-1)?.cursor ?? after;
        if (page.length < pageSize) return;
      }
    },
  };
}
