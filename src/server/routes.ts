import type { Route } from "./route.ts";
import { serviceRoutes } from "./routes/service.ts";
import { taskRoutes } from "./routes/tasks.ts";

/** The one table: everything that the server answers. */
export const allRoutes: readonly Route[] = [...taskRoutes, ...serviceRoutes];
