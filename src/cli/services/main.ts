import { readFileSync, writeSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { ClxError } from "../../domain/errors.ts";
import { closeAll, makeExecutors } from "../../library/make-executors.ts";
import { workerApiFor } from "../../library/worker-api-for.ts";
import { ServicesKeeper } from "../../lifecycle/services/keep-services.ts";
import {
  reportFd,
  type ServicesOrder,
  type ServicesReport,
} from "../../lifecycle/services/services-order.ts";
import { openSqliteStore } from "../../store/sqlite/open-sqlite-store.ts";
import { ServicesLog } from "./services-log.ts";

/**
 * The entry of the process that keeps persistent workers: `clx start-services` starts it, and
 * nobody else should. Its theory is in `lifecycle/services/keep-services.ts`.
 *
 * SIGTERM, SIGINT and SIGHUP: stop the workers and end; a second one hurries them. SIGUSR2: leave
 * the workers and end.
 */
enableCompileCache?.();
const order = JSON.parse(readFileSync(0, "utf8")) as ServicesOrder;
const log = new ServicesLog(order);
log.say(`process ${process.pid} keeps the workers of ${order.databasePath}`);
let exitCode = 0;
try {
  await keep();
} catch (error) {
  exitCode = 1;
  const code = error instanceof ClxError ? error.code : "internal";
  const message = error instanceof Error ? error.message : String(error);
  log.say((error instanceof Error && error.stack) || message, "error");
  report({ kind: "failed", code, message });
}
log.say(`process ${process.pid} has ended`);
process.exit(exitCode);

async function keep(): Promise<void> {
  const store = await openSqliteStore({ path: order.databasePath, create: false });
  const executors = makeExecutors({ say: (line) => log.say(line) });
  try {
    const keeper = new ServicesKeeper({
      ...{ order, store, executors, report },
      workerApi: workerApiFor(
        order.databasePath,
        "services",
        order.pools.flatMap(({ container }) => container ?? []),
      ),
      say: (line, level) => log.say(line, level),
    });
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.on(signal, () => {
        log.say(`told to stop by ${signal}`);
        keeper.end("stop");
      });
    }
    process.on("SIGUSR2", () => keeper.end("leave"));
    const stopFollowing = await log.follow(store);
    await keeper.keep();
    await stopFollowing();
  } finally {
    await closeAll(executors);
    await store.close();
  }
}

/** Whoever started us listens for as long as it likes. */
function report(one: ServicesReport): void {
  try {
    writeSync(reportFd, `${JSON.stringify(one)}\n`);
  } catch {
    // nobody listens any more
  }
}
