import type { LoggedEvent } from "../../domain/event.ts";
import { changes } from "../../library/changes.ts";
import { lastCursor } from "../../library/last-cursor.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { Log } from "../logging/log.ts";
import { workerLine } from "./worker-line.ts";

const pageSize = 500;

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
  const logNews = async () => {
    for (;;) {
      const page = await store.listEvents({
        after,
        limit: pageSize,
        ...(workerId && { workerId }),
      });
      for (const event of page) await logEvent({ store, log, onlyTasks }, event);
      after = page.at(-1)?.cursor ?? after;
      if (page.length < pageSize) return;
    }
  };
  const follow = async () => {
    for await (const _ of changes(store, signal)) {
      await logNews().catch((error: unknown) => log.say(String(error), { level: "warn" }));
    }
    await logNews().catch(() => {});
  };
  const following = follow();
  return { end: () => following };
}

async function logEvent(
  {
    store,
    log,
    onlyTasks,
  }: { readonly store: TaskStore; readonly log: Log; readonly onlyTasks: boolean },
  event: LoggedEvent,
): Promise<void> {
  const line = await workerLine(store, event);
  if (line !== undefined) log.say(line.words, { ...line.facts, level: line.level });
  else if (!onlyTasks) log.event(event);
}
