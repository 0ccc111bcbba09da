import { Hono } from "hono";
import { mount } from "./mount.ts";
import { answerMishap } from "./outgoing/answer-mishap.ts";
import { answerUnknown } from "./outgoing/answer-unknown.ts";
import type { Route } from "./route.ts";
import { allRoutes } from "./routes.ts";
import { moreSpecificFirst } from "./routing/route-path.ts";
import type { ServerContext } from "./server-context.ts";

/** What answers all requests: the table of routes, and an answer for whatever is not in it. */
export function createApp(server: ServerContext, routes: readonly Route[] = allRoutes): Hono {
  const app = new Hono({ strict: false });
  for (const route of routes.toSorted(moreSpecificFirst)) mount(app, route, server);
  app.notFound((http) => answerUnknown(http, routes, server));
  app.onError((error, http) => answerMishap(error, http, server));
  return app;
}
