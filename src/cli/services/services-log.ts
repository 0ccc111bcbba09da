import { changes } from "../../library/changes.ts";
import { lastCursor } from "../../library/last-cursor.ts";
import type { ServicesOrder } from "../../lifecycle/services/services-order.ts";
import { rotateWhenLarge } from "../../machine/log-file.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { Log } from "../logging/log.ts";
import type { LogLevel } from "../logging/log-level.ts";

const pageSize = 500;
const rotationLookMs = 60_000;

/** The log of the process that keeps services, on its stderr, which is the log's file. */
export class ServicesLog {
  readonly #order: ServicesOrder;
  readonly #log: Log;

  constructor(order: ServicesOrder) {
    this.#order = order;
    this.#log = new Log({
      write: (line) => process.stderr.write(`${line}\n`),
      level: order.logLevel,
      format: order.logFormat,
      reader: "file",
      tasks: "debug",
    });
  }

  say(message: string, level: LogLevel = "info"): void {
    this.#log.say(message, { level });
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
        for (const event of page) this.#log.event(event);
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
}
