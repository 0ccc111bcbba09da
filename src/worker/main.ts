import { enableCompileCache } from "node:module";
import { Socket } from "node:net";
import { exitCodes } from "./exit-codes.ts";
import { readLaunchLine } from "./launch-line.ts";

/**
 * The entry of a worker process: `node main.js`, with the lifeline as file descriptor 3, or
 * `node main.js 0` where it is another one: in a container it is the standard input.
 *
 * SIGTERM, SIGINT and SIGHUP ask it to leave; a second one hurries it. It ends with one of
 * `exitCodes`. While a handler blocks the event loop signals are not heard: whoever stops a
 * worker kills it after a grace.
 */
const lifelineFd = Number(process.argv[2] ?? 3);
let hasEnded = false;
const leave = new AbortController();
const hurry = new AbortController();
const parentGone = new AbortController();
const crashed = new AbortController();

process.on("exit", (code) => {
  if (hasEnded) return;
  // Somebody's code has called process.exit(), or has taken away what kept the process going.
  say(`the process ends with code ${code}, and it was not the worker who ended it`);
  process.exitCode = exitCodes.crashed;
});
process.on("uncaughtException", (error) => {
  say(error.stack ?? String(error));
  crashed.abort(error);
});
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  process.on(signal, () => {
    (leave.signal.aborted ? hurry : leave).abort(new Error(`asked to leave by ${signal}`));
  });
}
end(await run());

async function run(): Promise<number> {
  try {
    const launch = readLaunchLine(lifelineFd);
    Object.assign(process.env, launch.env);
    enableCompileCache?.();
    watchLifeline();
    const { runWorker } = await import("./run-worker.ts");
    return await runWorker(launch, {
      hosting: "process",
      signal: leave.signal,
      hurry: hurry.signal,
      parentGone: parentGone.signal,
      lifelineFd,
      crashed: crashed.signal,
      say,
    });
  } catch (error) {
    say(`cannot start: ${error instanceof Error ? error.message : String(error)}`);
    return exitCodes.badLaunch;
  }
}

/** Standard input is opened once alone: libraries of handlers look at `process.stdin`, too. */
function watchLifeline(): void {
  const lifeline =
    lifelineFd === 0
      ? process.stdin
      : new Socket({ fd: lifelineFd, readable: true, writable: false });
  const onEnd = () => parentGone.abort();
  lifeline.on("end", onEnd).on("error", onEnd).on("close", onEnd);
  lifeline.resume().unref();
}

function say(line: string): void {
  process.stderr.write(`${new Date().toISOString()} worker ${process.pid}: ${line}\n`);
}

function end(code: number): never {
  hasEnded = true;
  process.exit(code);
}
