import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { ClxError } from "../../domain/errors.ts";
import { rotateWhenLarge, tailOf } from "../../machine/log-file.ts";
import type { ServicesOrder, ServicesReport } from "./services-order.ts";

export interface LaunchParams {
  readonly order: ServicesOrder;
  /** The file that the process runs. */
  readonly entry: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Called for each report; `true` ends the listening, and the process goes on alone. */
  readonly onReport: (report: ServicesReport) => boolean;
  readonly signal?: AbortSignal;
}

/** What a task's program inherits: services that it starts are not its own. */
const marksOfTasks = /^CLX_(WORKER_ID|TASK_ID|TASK_MARK|ATTEMPT|CHECKPOINT_DIR|PROGRESS_FD)$/;

/**
 * Starts the supervisor of services in a session of its own, without terminal and parent, and
 * listens to it for as long as somebody wants.
 *
 * @throws ClxError `worker_start_failed` when it ended while we listened
 */
export async function launchServices(params: LaunchParams): Promise<void> {
  const { order, onReport, signal } = params;
  const child = spawnDetached(params);
  const reports = child.stdio[3] as Readable;
  const exit = once(child, "exit").catch((error: unknown) => [error]);
  child.stdin?.on("error", () => {}).end(JSON.stringify(order));
  const lines = createInterface({ input: reports });
  signal?.addEventListener("abort", () => lines.close());
  let isSatisfied = false;
  for await (const line of lines) {
    isSatisfied = onReport(JSON.parse(line) as ServicesReport);
    if (isSatisfied) break;
  }
  if (isSatisfied || signal?.aborted) {
    reports.destroy();
    child.unref();
    return;
  }
  const [how] = await exit;
  throw new ClxError(
    "worker_start_failed",
    `the supervisor of the services ended at once (${how}); its log ${order.logPath} ends with: ${tailOf(order.logPath)}`,
  );
}

function spawnDetached({ order, entry, cwd, environment }: LaunchParams) {
  mkdirSync(dirname(order.logPath), { recursive: true });
  rotateWhenLarge(order.logPath);
  const log = openSync(order.logPath, "a", 0o600);
  const env = Object.fromEntries(
    Object.entries(environment).filter(([name]) => !marksOfTasks.test(name)),
  );
  try {
    // The path tells whoever looks at the list of processes whose it is.
    return spawn(process.execPath, [entry, order.databasePath], {
      ...{ cwd, env },
      detached: true,
      stdio: ["pipe", log, log, "pipe"],
    });
  } finally {
    closeSync(log);
  }
}
