import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "../../domain/ids.ts";
import type { ExecutionMode, ProcessIdentity } from "../../domain/worker.ts";
import type { WorkerExecutor } from "../../executor/executor.ts";
import type { WorkerLinks } from "../../link/worker-link.ts";
import { type DatabaseIdentity, identifyDatabase } from "../../machine/database-identity.ts";
import { isAlive, ownIdentity } from "../../machine/process-identity.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { SupervisorStatus } from "../../supervisor/status.ts";
import { Supervisor } from "../../supervisor/supervisor.ts";
import { servicesKind } from "./find-services.ts";
import type { ReportedWorker, ServicesOrder, ServicesReport } from "./services-order.ts";
import { recordPool, removeServicesState, writeServicesState } from "./services-state.ts";
import { watchDatabase } from "./watch-database.ts";

/** What becomes of the workers when the supervisor ends. */
export type Farewell = "stop" | "leave";

export interface KeepParams {
  readonly order: ServicesOrder;
  readonly store: TaskStore;
  readonly executors: ReadonlyMap<ExecutionMode, WorkerExecutor>;
  readonly workerApi: (store: TaskStore) => WorkerLinks;
  readonly report: (report: ServicesReport) => void;
  readonly say: (line: string, level?: "info" | "warn" | "error") => void;
}

const settledMs = 200;
/** A run that was killed leaves its tasks to the next sweep. */
const sweepMs = 1_000;

/**
 * Keeps the persistent workers of a project until it is told to end.
 *
 * Theory of operation
 *
 * One supervisor per database. Each opens a session of the kind `services`, and then looks
 * whether an older one of a living process is open: the store puts them in order, so of any
 * number that start at once exactly one stays. The state file is a signpost for people and
 * for `clx stop-services`; nothing depends on it.
 *
 * The workers are persistent. When this process is killed they go on, and the next supervisor
 * of services adopts them. Told to end, it either stops them (SIGTERM: a shutdown, a person)
 * or leaves them to whoever asked (SIGUSR2: `clx stop-services`, which stops them itself, by
 * the same way as when there is no supervisor any more).
 *
 * A database that is deleted or moved away can be reached by nobody any more under its path, and
 * no worker could be started: the workers finish what they do, and all of this ends.
 */
export class ServicesKeeper {
  readonly #params: KeepParams;
  readonly #supervisor: Supervisor;
  readonly #sessionId = newId(Date.now());
  readonly #farewell = Promise.withResolvers<Farewell>();
  readonly #ending = new AbortController();
  readonly #onError: (error: unknown) => void;

  constructor(params: KeepParams) {
    const { order, store, executors, workerApi, say } = params;
    this.#params = params;
    this.#onError = (error) => say(error instanceof Error ? error.message : String(error), "error");
    this.#supervisor = new Supervisor({
      ...order.supervisor,
      ...{ store, executors, workerApi, pools: order.pools },
      sweepMs,
      onError: this.#onError,
    });
  }

  /** Asks it to end; asked to stop twice, it hurries. */
  end(farewell: Farewell): void {
    const isRepeated = this.#ending.signal.aborted && farewell === "stop";
    if (isRepeated) this.#supervisor.hurry();
    this.#ending.abort();
    this.#farewell.resolve(farewell);
  }

  /** Resolves once it has ended. */
  async keep(): Promise<void> {
    const { report, order, say } = this.#params;
    const database = identifyDatabase(order.databasePath);
    if (database === undefined) throw new Error(`there is no database ${order.databasePath}`);
    const first = await this.#election();
    if (first !== undefined) {
      report({ kind: "superfluous", pid: first.pid });
      await this.#closeSession(`process ${first.pid} keeps the services already`);
      return;
    }
    this.#writeState(database);
    await this.#supervisor.start();
    this.#reportProgress().catch(this.#onError);
    const watch = watchDatabase(database, {
      onGone: () => void this.#leaveLost(database).catch(this.#onError),
    });
    const farewell = await this.#farewell.promise;
    watch.close();
    say(farewell === "leave" ? "leaving the workers to others" : "stopping the workers");
    try {
      await this.#supervisor.stop({ leavePersistent: farewell === "leave" });
    } finally {
      await this.#closeSession("the services were stopped");
      removeServicesState(order.statePath, ownIdentity());
    }
  }

  /** The process that was first, if it was not this one. */
  async #election(): Promise<ProcessIdentity | undefined> {
    const { store } = this.#params;
    const session = { id: this.#sessionId, kind: servicesKind, process: ownIdentity() };
    await store.openSession({ session, now: Date.now() });
    const open = await store.listSessions({ open: true });
    const first = open.find(
      ({ kind, process }) => kind === servicesKind && isAlive(process) === true,
    );
    return first?.id === this.#sessionId ? undefined : first?.process;
  }

  #writeState(database: DatabaseIdentity): void {
    const { order } = this.#params;
    writeServicesState(order.statePath, {
      clxVersion: order.clxVersion,
      supervisor: ownIdentity(),
      startedAt: Date.now(),
      database,
      pools: order.pools.map(recordPool),
      logPath: order.logPath,
    });
  }

  async #closeSession(reason: string): Promise<void> {
    await this.#params.store
      .endSession({ sessionId: this.#sessionId, reason, now: Date.now() })
      .catch(this.#onError);
  }

  async #reportProgress(): Promise<void> {
    const { report } = this.#params;
    let registered = false;
    for (let pauseMs = 5; !this.#ending.signal.aborted; pauseMs = Math.min(pauseMs * 1.5, 100)) {
      const status = await this.#supervisor.status();
      if (!registered && hasAll(status, ({ row }) => row?.process !== undefined)) {
        registered = true;
        report({ kind: "registered", pid: process.pid, workers: workersOf(status) });
        pauseMs = 5;
      }
      if (registered && hasAll(status, hasSettled)) {
        for (const message of troublesOf(status)) report({ kind: "trouble", message });
        report({ kind: "ready", workers: workersOf(status) });
        return;
      }
      await sleep(pauseMs);
    }
  }

  async #leaveLost({ path }: DatabaseIdentity): Promise<void> {
    this.#params.say(
      `the database ${path} has been deleted or moved away: the workers finish what they do, and the services end`,
      "warn",
    );
    await this.#drain();
    this.end("stop");
  }

  async #drain(): Promise<void> {
    const { order } = this.#params;
    for (const { name } of order.pools) this.#supervisor.scale(name, 0);
    while (!this.#ending.signal.aborted) {
      const { pools } = await this.#supervisor.status();
      if (pools.every(({ workers }) => workers.length === 0)) return;
      await sleep(100);
    }
  }
}

/** A worker whose code fails as soon as it is loaded was ready before that, for a moment. */
function hasSettled({ row }: Kept): boolean {
  return row?.activatedAt !== undefined && Date.now() - row.activatedAt >= settledMs;
}

type Kept = SupervisorStatus["pools"][number]["workers"][number];

/** Each pool has what it wants, as far as it can have it. */
function hasAll({ pools }: SupervisorStatus, suffices: (worker: Kept) => boolean): boolean {
  return pools.every(({ wanted, workers, gaveUp, refused }) => {
    if (gaveUp !== undefined) return true;
    const enough = workers.filter(suffices).length;
    return enough >= wanted || (refused !== undefined && enough === workers.length);
  });
}

function workersOf({ pools }: SupervisorStatus): ReportedWorker[] {
  return pools.flatMap(({ spec: { type, mode, configSource }, workers }) =>
    workers.map(({ id, adopted }) => ({ id, type, mode, configSource, adopted })),
  );
}

function troublesOf({ pools }: SupervisorStatus): string[] {
  return pools.flatMap(({ spec, gaveUp, refused, wanted, workers }) => {
    if (gaveUp !== undefined) return [`the ${spec.type} workers cannot be kept running: ${gaveUp}`];
    if (refused === undefined) return [];
    return [`${workers.length} of ${wanted} ${spec.type} workers: ${refused.message}`];
  });
}
