import type { Context } from "hono";
import type { z } from "zod";
import type { ErrorCode } from "../domain/errors.ts";
import type { Role } from "../domain/role.ts";
import type { Caller } from "./gate/caller.ts";
import type { ServerContext } from "./server-context.ts";

/**
 * One route of the server, as data.
 *
 * The table of routes (`routes.ts`) is the only place that says which paths there are, who may
 * use them, and what they take and answer. Everything else is made from it: what Hono listens
 * to, the checks of role and input, the OpenAPI document, the typed client, the audit trail, and
 * the tests that try each route with nobody's, a viewer's and everybody's rights.
 *
 * `mount.ts` does for each request, in this order: size and rate limits, who is asking
 * (`gate/`), may they (`needs`), is it from our own pages when it changes something, is the
 * server taking work (`isNewWork`), params, query and body against their schemas, `handle`,
 * and, for a route with an `action`, one `audit` event, also of a refusal. What `handle` throws
 * becomes the error envelope; only ClxError is told in words, the rest is `internal`, logged.
 * A route with a method other than GET has an `action`; GET never changes anything.
 */
export interface Route<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Hono's spelling: `/api/tasks/:id`. A trailing slash is forgiven everywhere. */
  readonly path: string;
  /** Unique: the operation in the OpenAPI document and the method of the client. */
  readonly name: string;
  readonly tag: RouteTag;
  readonly summary: string;
  readonly details?: string;
  readonly needs: "public" | Role;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** No body at all is as good as `{}`. */
  readonly bodyIsOptional?: boolean;
  /** Whoever takes more than fits in memory reads and limits it itself; `body` is absent then. */
  readonly readsBodyItself?: boolean;
  /** By status; the error envelopes that every route may answer are added by themselves. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** What the audit trail calls it: `task.cancel`. */
  readonly action?: string;
  /** Refused with 503 and Retry-After once the server is shutting down. */
  readonly isNewWork?: boolean;
  handle(
    asked: Asked<z.output<Params>, z.output<Query>, z.output<Body>>,
  ): Promise<Response> | Response;
}

export type RouteTag =
  | "tasks"
  | "queue"
  | "workers"
  | "events"
  | "service"
  | "access"
  /** For people: left out of the OpenAPI document. */
  | "pages";

export interface Answer {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** `application/json` when left out. */
  readonly media?: string;
}

export interface Asked<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  readonly server: ServerContext;
  readonly http: Context;
  /** What the audit event says besides who, what and how it ended. */
  audit(note: AuditNote): void;
}

export interface AuditNote {
  /** Whom it turned out to be, when that is not the caller. */
  readonly by?: Caller;
  readonly target?: string;
  readonly reason?: string;
  /** Where the status of the answer does not tell it. */
  readonly outcome?: "failed";
  /** Of an error that a page tells by itself; the reason when there is no other. */
  readonly code?: ErrorCode;
}

/** Keeps the types of the schemas inside the route; in the table all routes look alike. */
export function defineRoute<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
>(route: Route<Params, Query, Body>): Route {
  return route as unknown as Route;
}
