import type { Scenario } from "./scenario.ts";
import { backlog } from "./scenarios/backlog.ts";
import { drains } from "./scenarios/drain.ts";
import { fullDisk } from "./scenarios/full-disk.ts";
import { idlePickUp, loadedPickUp, scheduled } from "./scenarios/latency.ts";
import { killedBroker, killedWorker, stoppedWorker } from "./scenarios/recovery.ts";
import { idle } from "./scenarios/standing.ts";
import { processStart } from "./scenarios/start.ts";
import { submits } from "./scenarios/submit.ts";

/** In the order in which they are played. */
export const scenarios: readonly Scenario[] = [
  ...submits,
  ...drains,
  idlePickUp,
  loadedPickUp,
  scheduled,
  backlog,
  idle,
  killedWorker,
  killedBroker,
  stoppedWorker,
  fullDisk,
  processStart,
];
