import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { Duplex } from "node:stream";
import { ClxError } from "../../domain/errors.ts";
import type { StartOrder } from "../executor.ts";
import { nodeFlags } from "../node-flags.ts";

export interface SpawnParams {
  readonly order: StartOrder;
  /** The Node program. */
  readonly program: string;
  /** The file that it runs. */
  readonly entry: string;
}

export interface SpawnedWorker {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly lifeline: Duplex;
}

/** Starts the worker in a session of its own and hands it its launch document. */
export async function spawnWorker(params: SpawnParams): Promise<SpawnedWorker> {
  const { workerId } = params.order.launch;
  if (!existsSync(params.entry)) throw notStarted(workerId, `there is no ${params.entry}`);
  try {
    const child = spawnWithLog(params);
    const { pid } = child;
    if (pid === undefined) throw (await once(child, "error"))[0];
    return { pid, child, lifeline: holdLifeline(child, params.order) };
  } catch (error) {
    throw notStarted(workerId, (error as Error).message, error);
  }
}

function spawnWithLog({ order, program, entry }: SpawnParams): ChildProcess {
  mkdirSync(dirname(order.logPath), { recursive: true });
  const log = openSync(order.logPath, "a", 0o600);
  const { workerId } = order.launch;
  try {
    return spawn(program, [...nodeFlags(order.memoryLimit), entry], {
      detached: true,
      stdio: ["ignore", log, log, "pipe"],
      env: { ...process.env, ...order.env, WORKER_ID: workerId, CLX_WORKER_ID: workerId },
    });
  } finally {
    closeSync(log);
  }
}

/** Its end tells the worker that we are gone; so it stays open, and keeps nobody from leaving. */
function holdLifeline(child: ChildProcess, { launch }: StartOrder): Duplex {
  const lifeline = child.stdio[3] as Duplex & { unref(): void };
  lifeline.on("error", () => {}); // the worker ended before it read: its exit says so
  lifeline.write(`${JSON.stringify(launch)}\n`);
  lifeline.unref();
  child.unref();
  return lifeline;
}

function notStarted(workerId: string, reason: string, cause?: unknown): ClxError {
  return new ClxError(
    "worker_start_failed",
    `worker ${workerId} was not started: ${reason}`,
    cause === undefined ? {} : { cause },
  );
}
