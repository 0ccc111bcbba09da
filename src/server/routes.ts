import { signInRoutes } from "./pages/sign-in.ts";
import { taskPages } from "./pages/task.ts";
import { tasksPages } from "./pages/tasks.ts";
import type { Route } from "./route.ts";
import { accessRoutes } from "./routes/access.ts";
import { eventRoutes } from "./routes/events.ts";
import { serviceRoutes } from "./routes/service.ts";
import { streamRoutes } from "./routes/streams.ts";
import { taskRoutes } from "./routes/tasks.ts";

/** The one table: everything that the server answers. */
export const allRoutes: readonly Route[] = [
  ...taskRoutes,
  ...serviceRoutes,
  ...eventRoutes,
  ...streamRoutes,
  ...accessRoutes,
  ...signInRoutes,
  ...tasksPages,
  ...taskPages,
];
