import { assetRoutes } from "./pages/assets.ts";
import { bulkPages } from "./pages/bulk.ts";
import { eventsPages } from "./pages/events.ts";
import { htmxWorkersRoutes } from "./pages/htmx-workers.ts";
import { overviewRoutes } from "./pages/overview.ts";
import { settingsPages } from "./pages/settings.ts";
import { signInRoutes } from "./pages/sign-in.ts";
import { taskPages } from "./pages/task.ts";
import { tasksPages } from "./pages/tasks.ts";
import { workerPageRoutes } from "./pages/worker.ts";
import { workersRoutes } from "./pages/workers.ts";
import type { Route } from "./route.ts";
import { abortRoutes } from "./routes/abort.ts";
import { accessRoutes } from "./routes/access.ts";
import { bulkRoutes } from "./routes/bulk.ts";
import { documentationRoutes } from "./routes/documentation.ts";
import { eventRoutes } from "./routes/events.ts";
import { queueRoutes } from "./routes/queue.ts";
import { queueTaskRoutes } from "./routes/queue-tasks.ts";
import { registerWorkerRoutes } from "./routes/register-worker.ts";
import { serviceRoutes } from "./routes/service.ts";
import { specFiveRoutes } from "./routes/spec-five.ts";
import { streamRoutes } from "./routes/streams.ts";
import { submitRoutes } from "./routes/submit.ts";
import { taskLogRoutes } from "./routes/task-logs.ts";
import { taskRoutes } from "./routes/tasks.ts";
import { workerRoutes } from "./routes/workers.ts";

/** The one table: everything that the server answers. */
export const allRoutes: readonly Route[] = [
  ...submitRoutes,
  ...taskRoutes,
  ...taskLogRoutes,
  ...queueRoutes,
  ...queueTaskRoutes,
  ...workerRoutes,
  ...registerWorkerRoutes,
  ...specFiveRoutes,
  ...abortRoutes,
  ...serviceRoutes,
  ...documentationRoutes(() => allRoutes),
  ...bulkRoutes,
  ...eventRoutes,
  ...streamRoutes,
  ...accessRoutes,
  ...assetRoutes,
  ...signInRoutes,
  ...tasksPages,
  ...taskPages,
  ...bulkPages,
  ...eventsPages,
  ...settingsPages,
  ...overviewRoutes,
  ...workersRoutes,
  ...workerPageRoutes,
  ...htmxWorkersRoutes,
];
