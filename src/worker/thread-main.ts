import { parentPort, workerData } from "node:worker_threads";
import type { ThreadLaunch } from "../domain/launch.ts";
import { tidyAtRest } from "../machine/tidy-at-rest.ts";
import { exitCodes } from "./exit-codes.ts";
import { runWorker } from "./run-worker.ts";

/**
 * The entry of a worker that is a thread of somebody's process.
 *
 * The first message from there asks it to leave. It ends with one of `exitCodes`. Ended by
 * its host, it just stops; then its pulse, a thread of this one, does too.
 */
const { launch, host } = workerData as ThreadLaunch;
let hasEnded = false;
const leave = new AbortController();
const crashed = new AbortController();

process.on("uncaughtException", (error) => {
  say(error.stack ?? String(error));
  crashed.abort(error);
});
process.on("exit", (code) => {
  if (hasEnded) return;
  say(`the process ends with code ${code}, and it was not the worker who ended it`);
  process.exitCode = exitCodes.crashed;
});
parentPort?.on("message", () => leave.abort(new Error("asked to leave")));

tidyAtRest();
const options = { hosting: host, signal: leave.signal, crashed: crashed.signal, say };
const code = await runWorker(launch, options);
hasEnded = true;
process.exit(code);

function say(line: string): void {
  process.stderr.write(`${new Date().toISOString()} worker ${launch.workerId}: ${line}\n`);
}
