import type { NewEvent } from "../domain/event.ts";
import { perServer } from "./per-server.ts";
import type { ServerContext } from "./server-context.ts";

const longestMs = 25;

/**
 * Events that nobody waits for. They are kept for a moment, so that they share a commit with the
 * next request that writes, and do not cost a wait for the disk of their own.
 */
export class LateEvents {
  readonly #server: ServerContext;
  #waiting: NewEvent[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(server: ServerContext) {
    this.#server = server;
    server.closing.addEventListener("abort", () => this.write());
  }

  add(event: NewEvent): void {
    this.#waiting.push(event);
    if (this.#server.closing.aborted) this.write();
    else this.#timer ??= setTimeout(() => this.write(), longestMs);
  }

  /** Hands them to the store, for its next commit. */
  write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#waiting;
    if (events.length === 0) return;
    this.#waiting = [];
    const { store, log } = this.#server;
    store.appendEvents({ events }).catch((error: unknown) => {
      const facts = { count: events.length, error: String(error) };
      log("error", "audit events could not be written", facts);
    });
  }
}

export const lateEventsOf = perServer((server) => new LateEvents(server));
