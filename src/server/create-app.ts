import { type Context, Hono } from "hono";
import { mount } from "./mount.ts";
import { answerMishap } from "./outgoing/answer-mishap.ts";
import { answerUnknown } from "./outgoing/answer-unknown.ts";
import type { Route } from "./route.ts";
import { allRoutes } from "./routes.ts";
import { barePath, isLiteral, moreSpecificFirst } from "./routing/route-path.ts";
import type { ServerContext } from "./server-context.ts";

/** What answers all requests: the table of routes, and an answer for whatever is not in it. */
export function createApp(server: ServerContext, routes: readonly Route[] = allRoutes): Hono {
  const app = new Hono({ strict: false });
  const unknown = (http: Context) => answerUnknown(http, routes, server);
  const literal = routes.filter(({ path }) => isLiteral(path));
  const open = routes.filter(({ path }) => !isLiteral(path));
  for (const route of literal) mount(app, route, server);
  // Or `GET /api/workers/add` would ask for a worker named "add".
  for (const { path } of literal) app.all(barePath(path), unknown);
  for (const route of open.toSorted(moreSpecificFirst)) mount(app, route, server);
  app.notFound(unknown);
  app.onError((error, http) => answerMishap(error, http, server));
  return app;
}
