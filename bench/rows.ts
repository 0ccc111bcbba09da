import type { Row } from "./row.ts";
import { agentRows } from "./rows/agent.ts";
import { backlog } from "./rows/backlog.ts";
import {
  courseDiagrams,
  courseNotebooks,
  courseOfOne,
  courseUnchanged,
  courseWhole,
} from "./rows/course.ts";
import { containerStart, containerTasks } from "./rows/docker.ts";
import {
  drainBatched,
  drainEightWorkers,
  drainHundred,
  drainManyWorkers,
  drainOne,
  drainTen,
  drainTwoWorkers,
} from "./rows/drain.ts";
import { idlePickUp, loadedPickUp, scheduled } from "./rows/latency.ts";
import { freshChild } from "./rows/programs.ts";
import { rawCommits } from "./rows/raw-commits.ts";
import { killedWorker, stoppedWorker } from "./rows/recovery.ts";
import {
  httpSubmitMany,
  httpSubmitOne,
  httpSubmitSixteen,
  overviewRow,
  pagesRow,
  serveRest,
  serveStart,
  viewersRow,
} from "./rows/server.ts";
import { idleWorker, workerStart } from "./rows/standing.ts";
import { submitBulk, submitOne, submitWindow } from "./rows/submit.ts";

/** In the order in which they are measured. */
export const rows: readonly Row[] = [
  rawCommits,
  submitOne,
  submitWindow,
  submitBulk,
  drainOne,
  drainTen,
  drainHundred,
  drainBatched,
  drainTwoWorkers,
  drainEightWorkers,
  drainManyWorkers,
  idlePickUp,
  loadedPickUp,
  scheduled,
  backlog,
  workerStart,
  idleWorker,
  killedWorker,
  stoppedWorker,
  freshChild,
  httpSubmitOne,
  httpSubmitSixteen,
  httpSubmitMany,
  serveStart,
  serveRest,
  viewersRow,
  pagesRow,
  overviewRow,
  courseOfOne,
  courseNotebooks,
  courseWhole,
  courseUnchanged,
  courseDiagrams,
  containerStart,
  containerTasks,
  ...agentRows,
];
