import type { Context } from "hono";
import { ClxError } from "../../domain/errors.ts";
import { addressOf } from "../gate/address.ts";
import type { Caller } from "../gate/caller.ts";
import { requestIdOf } from "../incoming/request-id.ts";
import { httpMeterOf } from "../metrics/http-meter.ts";
import { RequestError } from "../request-error.ts";
import type { Route } from "../route.ts";
import { routesAt } from "../routing/route-path.ts";
import type { ServerContext } from "../server-context.ts";
import { nobody } from "../trail.ts";
import { answerError } from "./answer-error.ts";
import { finish } from "./finish.ts";

/** For paths that no route has, and methods that the path's routes have not. */
export async function answerUnknown(
  http: Context,
  routes: readonly Route[],
  server: ServerContext,
): Promise<Response> {
  const begunAt = server.clock.monotonic();
  const requestId = requestIdOf(http.req.raw, server.clock.now());
  const visit: Visit = { caller: nobody };
  const error = await explain(http, routes, { server, visit }).catch((refusal: unknown) => refusal);
  const isPage = wantsPage(http);
  const response = await answerError(error, { ...visit, http, server, requestId, isPage });
  httpMeterOf(server).observe({
    ...{ method: http.req.method, route: "unknown", status: response.status },
    seconds: (server.clock.monotonic() - begunAt) / 1_000,
  });
  return finish(response, http, requestId);
}

interface Visit {
  caller: Caller;
}

/** Who may not come at all is told that, and whoever comes too often too. */
async function explain(
  http: Context,
  routes: readonly Route[],
  { server: { gate }, visit }: { readonly server: ServerContext; readonly visit: Visit },
): Promise<ClxError> {
  const { method, path } = http.req;
  const address = addressOf(http);
  visit.caller = await gate.identify(http.req.raw, address);
  gate.count(http.req.raw, visit.caller, address);
  const there = routesAt(path, routes);
  if (there.length === 0) {
    return new ClxError("not_found", `there is nothing at ${path}; /api/docs lists what there is`);
  }
  const allowed = there.flatMap((route) =>
    route.method === "GET" ? ["GET", "HEAD"] : route.method,
  );
  const list = [...new Set(allowed)].join(", ");
  return new RequestError("method_not_allowed", {
    message: `${path} takes no ${method}; it takes ${list}`,
    headers: { Allow: list },
  });
}

function wantsPage({ req }: Context): boolean {
  return !req.path.startsWith("/api/") && (req.header("accept") ?? "").includes("text/html");
}
