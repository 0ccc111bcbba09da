import type { EventType, LoggedEvent } from "../../domain/event.ts";
import { changes } from "../../library/changes.ts";
import { lastCursor } from "../../library/last-cursor.ts";
import type { ServicesOrder } from "../../lifecycle/services/services-order.ts";
import { rotateWhenLarge } from "../../machine/log-file.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { eventWords } from "../present/event-line.ts";
import { eventJson } from "../present/json-shapes.ts";

const pageSize = 500;
const rotationLookMs = 60_000;

type Level = ServicesOrder["logLevel"];

const levels: readonly Level[] = ["debug", "info", "warn", "error"];

const graveEvents: Partial<Record<EventType, Level>> = {
  worker_failed: "error",
  pool_gave_up: "error",
  worker_hung: "warn",
  worker_aborted: "warn",
  worker_restart_scheduled: "warn",
  admission_refused: "warn",
  orphan_ended: "warn",
  task_failed: "warn",
  task_requeued: "warn",
};

function levelOf(type: EventType): Level {
  return graveEvents[type] ?? (type.startsWith("task_") ? "debug" : "info");
}

/** The log of the process that keeps services, on its stderr, which is the log's file. */
export class ServicesLog {
  readonly #order: ServicesOrder;

  constructor(order: ServicesOrder) {
    this.#order = order;
  }

  say(message: string, level: Level = "info"): void {
    const at = Date.now();
    this.#write({
      level,
      at,
      text: message,
      document: { at: new Date(at).toISOString(), message },
    });
  }

  /** Writes down what happens in the store from now on; returns how to stop. */
  async follow(store: TaskStore): Promise<() => Promise<void>> {
    const { logPath } = this.#order;
    const stop = new AbortController();
    const rotation = setInterval(() => rotateWhenLarge(logPath), rotationLookMs);
    rotation.unref();
    let after = await lastCursor(store);
    const readNews = async () => {
      for (let full = true; full; ) {
        const page = await store.listEvents({ after, limit: pageSize });
        for (const event of page) this.#writeEvent(event);
        after = page.at(-1)?.cursor ?? after;
        full = page.length === pageSize;
      }
    };
    const following = (async () => {
      for await (const _ of changes(store, stop.signal)) await this.#kept(readNews);
    })();
    return async () => {
      stop.abort();
      clearInterval(rotation);
      await following;
      await this.#kept(readNews);
    };
  }

  async #kept(read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error), "error");
    }
  }

  #writeEvent(event: LoggedEvent): void {
    const { type, at } = event;
    this.#write({ level: levelOf(type), at, text: eventWords(event), document: eventJson(event) });
  }

  #write({ level, at, text, document }: Entry): void {
    const { logLevel, logFormat } = this.#order;
    if (levels.indexOf(level) < levels.indexOf(logLevel)) return;
    const time = new Date(at).toISOString();
    const line =
      logFormat === "json"
        ? JSON.stringify({ level, ...document })
        : `${time} ${level.padEnd(5)} ${text}`;
    process.stderr.write(`${line}\n`);
  }
}

interface Entry {
  readonly level: Level;
  readonly at: number;
  readonly text: string;
  readonly document: object;
}
