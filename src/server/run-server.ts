import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config/config.ts";
import { knownTypes } from "../config/pool-settings.ts";
import { ClxError } from "../domain/errors.ts";
import type { TaskStore } from "../store/task-store.ts";
import { systemClock } from "../supervisor/clock.ts";
import type { SupervisorOptions } from "../supervisor/options.ts";
import type { PoolSpec } from "../supervisor/pool.ts";
import { createApp } from "./create-app.ts";
import { openServerSession } from "./election.ts";
import { createGate } from "./gate/create-gate.ts";
import { isLoopback } from "./gate/loopback.ts";
import { type Listener, listen } from "./listen.ts";
import type { ServerContext } from "./server-context.ts";
import type { ServerSettings } from "./server-settings.ts";
import { createFeed } from "./stream/create-feed.ts";
import { closeWorkerApi } from "./worker-api/server-worker-api.ts";
import { SupervisedWorkforce } from "./workforce/supervised-workforce.ts";
import type { Workforce } from "./workforce/workforce.ts";

export interface RunServerParams {
  readonly store: TaskStore;
  readonly config: Config;
  readonly settings: ServerSettings;
  /** A pool for each type that it has workers of; unused in standalone mode. */
  readonly templates: readonly PoolSpec[];
  readonly supervisor: SupervisorOptions;
  readonly lackOf?: ServerContext["lackOf"];
  readonly log: ServerContext["log"];
}

export interface RunningServer {
  readonly url: string;
  readonly workforce: Workforce;
  /** Resolves once nothing of it is left. */
  stop(): Promise<void>;
  /** The stop that is under way, or comes next, gives nobody time. */
  hurry(): void;
}

/** For requests and streams that are still going on once all tasks have ended. */
const answersGraceMs = 2_000;
const sessionGraceMs = 2_000;

/**
 * A server, from its start to its end.
 *
 * Theory of operation
 *
 * Start. What cannot work is refused before anything runs: listening beyond this machine without
 * a key, a second managed server, a port that is taken. Then it answers; workers come meanwhile.
 *
 * Stop. From the first moment new work is refused (`closing`; 503 with `Retry-After`), while
 * everything can still be read and streams go on, so that people see how it ends. Workers take no
 * more tasks. What runs has `shutdownMs` to end and is then given back, to be run again by the
 * next server; what is queued stays queued and is not waited for. Then streams end, which makes
 * browsers come back to the next server, the port is freed, and the session ends.
 *
 * Killed. Tasks, queue and events are in the store. In managed mode the workers go on, and the next
 * server takes them over; in inline mode they died with it, and what they held runs again as soon
 * as the next server has looked around.
 */
export async function startServer(params: RunServerParams): Promise<RunningServer> {
  const { store, settings, config, log } = params;
  await refuseOpenDoor(settings, store);
  const session = await openServerSession(store, settings.mode);
  const closing = new AbortController();
  const { mode, shutdownMs } = settings;
  const workforce = new SupervisedWorkforce({ ...params, mode });
  const clock = systemClock;
  const gate = createGate({ access: store.access, settings, clock });
  const feed = createFeed({
    ...{ store, clock, knownTypes: knownTypes(config) },
    onError: (error) => log("warn", `the feed: ${messageOf(error)}`),
  });
  const server: ServerContext = {
    ...{ store, config, settings, gate, workforce, feed, clock, log },
    closing: closing.signal,
    ...(params.lackOf !== undefined && { lackOf: params.lackOf }),
  };
  let listener: Listener;
  try {
    const { host, port } = settings;
    listener = await listen({ host, port, fetch: createApp(server).fetch });
  } catch (error) {
    await feed.close();
    await session.end();
    throw error;
  }
  const started = workforce.start().catch((error: unknown) => {
    log("error", `not all is well with the workers: ${messageOf(error)}`);
  });
  let isHurried = false;
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    closing.abort();
    await started;
    try {
      await workforce.stop({ graceMs: isHurried ? 0 : shutdownMs });
    } finally {
      await feed.close();
      closeWorkerApi(server);
      await listener.close({ graceMs: answersGraceMs });
      // Of a process that is gone it is ended by others: no reason to wait for a locked store.
      await Promise.race([session.end(), sleep(sessionGraceMs, undefined, { ref: false })]);
    }
  };
  return {
    url: listener.url,
    workforce,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
    hurry: () => {
      isHurried = true;
      workforce.hurry();
    },
  };
}

/** Whoever can reach the server can run programs with it. */
async function refuseOpenDoor({ host }: ServerSettings, store: TaskStore): Promise<void> {
  if (isLoopback(host) || (await store.access.hasKeys())) return;
  throw new ClxError(
    "forbidden",
    `no key is in force, so everybody who can reach ${host} could run programs here; make a key first with "clx keys create NAME --role admin", or leave out --host to listen on this machine alone`,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
