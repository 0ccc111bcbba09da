import type { Context, Hono } from "hono";
import { ClxError } from "../domain/errors.ts";
import { mayActAs } from "../domain/role.ts";
import { addressOf } from "./gate/address.ts";
import type { Caller } from "./gate/caller.ts";
import { KeyNeededError } from "./gate/key-needed-error.ts";
import { checkInput } from "./incoming/check-input.ts";
import { checkDeclaredSize, readBody } from "./incoming/read-body.ts";
import { readQuery } from "./incoming/read-query.ts";
import { requestIdOf } from "./incoming/request-id.ts";
import { lateEventsOf } from "./late-events.ts";
import { httpMeterOf } from "./metrics/http-meter.ts";
import { answerError } from "./outgoing/answer-error.ts";
import { finish } from "./outgoing/finish.ts";
import { RequestError } from "./request-error.ts";
import type { Asked, Route } from "./route.ts";
import { barePath } from "./routing/route-path.ts";
import type { ServerContext } from "./server-context.ts";
import { nobody, Trail } from "./trail.ts";

/** Lets Hono listen to one route; `route.ts` says what happens to each request, and in which order. */
export function mount(app: Hono, route: Route, server: ServerContext): void {
  app.on(route.method, barePath(route.path), (http) => serve(route, server, http));
}

async function serve(route: Route, server: ServerContext, http: Context): Promise<Response> {
  const begunAt = server.clock.monotonic();
  const requestId = requestIdOf(http.req.raw, server.clock.now());
  const trail = new Trail(route, server, http);
  const response = await handle({ route, server, http, trail }).catch((error: unknown) => {
    trail.fail(error);
    const { caller } = trail;
    return answerError(error, { http, server, requestId, caller, isPage: route.tag === "pages" });
  });
  await trail.end(response.status);
  httpMeterOf(server).observe({
    ...{ method: route.method, route: route.path, status: response.status },
    seconds: (server.clock.monotonic() - begunAt) / 1_000,
  });
  return finish(response, http, requestId);
}

interface Visit {
  readonly route: Route;
  readonly server: ServerContext;
  readonly http: Context;
  readonly trail: Trail;
}

async function handle({ route, server, http, trail }: Visit): Promise<Response> {
  const { gate, settings, closing } = server;
  const request = http.req.raw;
  if (!route.readsBodyItself) checkDeclaredSize(request, settings.bodyLimit);
  const address = addressOf(http);
  const caller = await gate.identify(request, address).catch((error: unknown) => {
    if (route.needs === "public" && isOfStore(error)) return nobody;
    throw error;
  });
  trail.caller = caller;
  gate.count(request, caller, address);
  checkRole(route, caller);
  const body = await readBody(request, route, settings.bodyLimit);
  if (route.method !== "GET") gate.checkChange(request, caller, body.formToken);
  if (route.isNewWork && closing.aborted) throw shuttingDown();
  const asked: Asked = {
    params: checkInput(route.params, http.req.param(), "params"),
    query: checkInput(route.query, readQuery(http.req.raw.url), "query"),
    body: checkInput(route.body, body.value, "body"),
    ...{ caller, server, http },
    audit: (note) => trail.note(note),
  };
  if (route.isNewWork) lateEventsOf(server).write();
  return await route.handle(asked);
}

/** Who is asking cannot be known then; what is for anybody can say itself how the store is. */
function isOfStore(error: unknown): boolean {
  return error instanceof ClxError && error.code.startsWith("store_");
}

/** @throws ClxError `unauthorised` for nobody, `forbidden` for somebody who may less */
function checkRole({ needs }: Route, { role, name }: Caller): void {
  if (needs === "public") return;
  if (role === undefined) throw new KeyNeededError(needs);
  if (!mayActAs(role, needs)) {
    throw new ClxError("forbidden", `this needs the role ${needs}; ${name} has ${role}`);
  }
}

function shuttingDown(): ClxError {
  return new RequestError("shutting_down", {
    message: "the server is shutting down and takes no new work; try again once it is back",
    headers: { "Retry-After": "10" },
  });
}
