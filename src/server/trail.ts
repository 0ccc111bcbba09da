import type { Context } from "hono";
import { errorFacts } from "../domain/errors.ts";
import { addressOf } from "./gate/address.ts";
import { auditEvent, auditOutcome } from "./gate/audit.ts";
import type { Caller } from "./gate/caller.ts";
import { lateEventsOf } from "./late-events.ts";
import { codeOf } from "./outgoing/answer-error.ts";
import type { AuditNote, Route } from "./route.ts";
import type { ServerContext } from "./server-context.ts";

export const nobody: Caller = { kind: "nobody", name: "nobody" };

/**
 * The audit event of one request: who did what to which, and how it ended.
 *
 * Refusals and failures are told too, but only so many a minute of each caller, and not that
 * somebody came too often: each costs a write, and anybody could fill the log. New work is answered without waiting for its audit event, which then shares a commit with
 * the next request: the task itself is durable by then, and waiting would take a second fsync.
 */
export class Trail {
  caller: Caller = nobody;
  readonly #route: Route;
  readonly #server: ServerContext;
  readonly #http: Context;
  #note: AuditNote = {};
  #code: string | undefined;

  constructor(route: Route, server: ServerContext, http: Context) {
    this.#route = route;
    this.#server = server;
    this.#http = http;
    const id = http.req.param("id");
    if (id !== undefined) this.#note = { target: id };
  }

  note(note: AuditNote): void {
    this.#note = { ...this.#note, ...note };
  }

  fail(error: unknown): void {
    this.#code = codeOf(error);
  }

  async end(status: number): Promise<void> {
    const { action, isNewWork } = this.#route;
    const { store, log } = this.#server;
    if (action === undefined || status === errorFacts.too_many_requests.status) return;
    const event = this.#event(action, status);
    if (event.data?.outcome !== "done" && !this.#isRoomFor()) return;
    if (isNewWork) {
      lateEventsOf(this.#server).add(event);
      return;
    }
    await store.appendEvents({ events: [event] }).catch((error: unknown) => {
      log("error", "an audit event could not be written", { action, error: String(error) });
    });
  }

  #isRoomFor(): boolean {
    return this.#server.gate.tellsRefusal(this.caller, addressOf(this.#http));
  }

  #event(action: string, status: number) {
    const { name, role } = this.#note.by ?? this.caller;
    return auditEvent({
      ...{ actor: name, role, action, status },
      target: this.#note.target,
      outcome: this.#note.outcome ?? auditOutcome(status),
      reason: this.#note.reason ?? this.#note.code ?? this.#code,
      at: this.#server.clock.now(),
    });
  }
}
