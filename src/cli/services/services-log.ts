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

/** Of what happens to tasks, only what calls for somebody. */
const tellingOfTasks: readonly EventType[] = ["task_failed", "task_requeued"];

/** The log of the process that keeps services, on its stderr, which is the log's file. */
export class ServicesLog {
  readonly #order: ServicesOrder;

  constructor(order: ServicesOrder) {
    this.#order = order;
  }

  say(message: string): void {
    this.#write(message, { at: new Date().toISOString(), message });
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
      this.say(`error: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #writeEvent(event: LoggedEvent): void {
    const isRoutine = event.type.startsWith("task_") && !tellingOfTasks.includes(event.type);
    if (isRoutine && !this.#order.verbose) return;
    this.#write(eventWords(event), eventJson(event), event.at);
  }

  #write(text: string, document: object, at = Date.now()): void {
    const line =
      this.#order.logFormat === "json"
        ? JSON.stringify(document)
        : `${new Date(at).toISOString()} ${text}`;
    process.stderr.write(`${line}\n`);
  }
}
