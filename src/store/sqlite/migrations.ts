import { firstTables } from "./migrations/000001-first-tables.ts";
import { poolEventsIndex } from "./migrations/000002-pool-events-index.ts";
import { serverTables } from "./migrations/000003-server.ts";
import { workerEventsIndex } from "./migrations/000004-worker-events-index.ts";
import { lostTasksIndex } from "./migrations/000005-lost-tasks-index.ts";
import { cheaperPoolEventsIndex } from "./migrations/000006-cheaper-pool-events-index.ts";

/** The n-th (from 1) leads from version n - 1 to version n. Never changed once released. */
export const migrations: readonly string[] = [
  firstTables,
  poolEventsIndex,
  serverTables,
  workerEventsIndex,
  lostTasksIndex,
  cheaperPoolEventsIndex,
];

/** "CLX1": how we know our own files. */
export const applicationId = 0x434c5831;
