import { type Context, Hono } from "hono";
import { apiPrefix } from "../link/api/protocol.ts";
import { mount } from "./mount.ts";
import { answerMishap } from "./outgoing/answer-mishap.ts";
import { answerUnknown } from "./outgoing/answer-unknown.ts";
import type { Route } from "./route.ts";
import { allRoutes } from "./routes.ts";
import { barePath, isLiteral, moreSpecificFirst } from "./routing/route-path.ts";
import type { ServerContext } from "./server-context.ts";
import { answerWorker } from "./worker-api/server-worker-api.ts";

/**
 * What answers all requests: the table of routes, the worker API, whose callers are not the gate's
 * but show tokens of their own, and an answer for whatever is in neither.
 */
export function createApp(server: ServerContext, routes: readonly Route[] = allRoutes): Hono {
  const app = new Hono({ strict: false });
  const unknown = (http: Context) => answerUnknown(http, routes, server);
  const literal = routes.filter(({ path }) => isLiteral(path));
  const open = routes.filter(({ path }) => !isLiteral(path));
  for (const route of literal) mount(app, route, server);
  // Or `GET /api/workers/add` would ask for a worker named "add".
  for (const { path } of literal) app.all(barePath(path), unknown);
  for (const route of open.toSorted(moreSpecificFirst)) mount(app, route, server);
  app.all(`${apiPrefix}*`, (http) => answerWorker(http, server));
  app.notFound(unknown);
  app.onError((error, http) => answerMishap(error, http, server));
  return app;
}
