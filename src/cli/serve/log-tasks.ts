import { type EventType, eventTypes, type LoggedEvent } from "../../domain/event.ts";
import { changes } from "../../library/changes.ts";
import { lastCursor } from "../../library/last-cursor.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { Log } from "../logging/log.ts";
import { endingLevel, workerLine } from "./worker-line.ts";

const pageSize = 500;
/** Lines of a busy store come in heaps: to write them costs as much as to run small tasks. */
const restMs = 100;

export interface TaskLog {
  /** Logs what is left to log. */
  end(): Promise<void>;
}

/** Logs what becomes of tasks and workers from now on, as lines that are easy to filter. */
export async function logTasks(params: {
  readonly store: TaskStore;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Of this worker alone. */
  readonly workerId?: string;
  /** Nothing but the ends of tasks. */
  readonly onlyTasks?: boolean;
}): Promise<TaskLog> {
  const { store, log, signal, workerId, onlyTasks = false } = params;
  let after = await lastCursor(store);
  const types = eventTypes.filter((type) => isLogged(type, log, onlyTasks));
  const about = { types, limit: pageSize, ...(workerId && { workerId }) };
  const logNews = async () => {
    const [newest] = await store.listEvents({ after, newestBefore: "end", limit: 1 });
    if (newest === undefined) return;
    for (;;) {
      const page = await store.listEvents({ ...about, after });
      for (const event of page) await logEvent(store, log, event);
      after = page.at(-1)?.cursor ?? after;
      if (page.length < pageSize) break;
    }
    after = Math.max(after, newest.cursor);
  };
  const follow = async () => {
    for await (const _ of changes(store, signal, { restMs })) {
      await logNews().catch((error: unknown) => log.say(String(error), { level: "warn" }));
    }
    await logNews().catch(() => {});
  };
  const following = follow();
  return { end: () => following };
}

/** What would not be printed is not even read. */
function isLogged(type: EventType, log: Log, onlyTasks: boolean): boolean {
  const level = endingLevel(type);
  if (level !== undefined) return log.tells(level);
  return !onlyTasks && log.tellsEvent(type);
}

async function logEvent(store: TaskStore, log: Log, event: LoggedEvent): Promise<void> {
  const line = await workerLine(store, event);
  if (line === undefined) log.event(event);
  else log.say(line.words, { ...line.facts, level: line.level });
}
