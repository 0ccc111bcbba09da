import { ClxError } from "../../domain/errors.ts";
import type { JsonValue } from "../../domain/json.ts";
import type { AccessStore } from "../access-store.ts";
import { checkLabels } from "../check-labels.ts";
import type * as contract from "../task-store.ts";
import { documentCap } from "../task-store.ts";
import { activateWorker, readyWorker } from "./activate-worker.ts";
import { attemptsOf } from "./attempts.ts";
import { type Bell, bellName } from "./bell.ts";
import { cancel } from "./cancel.ts";
import { adoptWorker, changeWorker, recordProcess } from "./change-worker.ts";
import { claim, claimNothing } from "./claim.ts";
import { CommitQueue } from "./commit-queue.ts";
import type { Connection } from "./connection.ts";
import { countAhead } from "./count-ahead.ts";
import { countMatching } from "./count-matching.ts";
import { countPrunable } from "./count-prunable.ts";
import { countTasks } from "./count-tasks.ts";
import { deleteTask } from "./delete-task.ts";
import { removeEndedWorkers } from "./delete-workers.ts";
import { endSession } from "./end-session.ts";
import { endWorker } from "./end-worker.ts";
import { appendEvent, listEvents } from "./events.ts";
import { findTask } from "./find-task.ts";
import { findWorker, listWorkers } from "./find-workers.ts";
import { listPoolEvents } from "./list-pool-events.ts";
import { listTasks } from "./list-tasks.ts";
import { listWaiting } from "./list-waiting.ts";
import type { LogSync } from "./log-sync.ts";
import { logsOf } from "./logs.ts";
import type { Patience } from "./patience.ts";
import { listPauses, setPause } from "./pauses.ts";
import { prune } from "./prune.ts";
import { registerWorker } from "./register-worker.ts";
import { renew } from "./renew.ts";
import { report } from "./report.ts";
import { retry } from "./retry.ts";
import { findSession, listSessions, openSession } from "./sessions.ts";
import { settle } from "./settle.ts";
import { sqliteAccess } from "./sqlite-access.ts";
import { asStoreError } from "./sqlite-errors.ts";
import { submit } from "./submit.ts";
import { tallyEnded } from "./tally-ended.ts";
import { throughput } from "./throughput.ts";
import type { Transaction } from "./transaction.ts";

/** Nobody may be left to hear the answer of a call that still waits for a lock. */
const closingPatienceMs = 1_000;

export interface SqliteStoreParams {
  readonly db: Connection;
  readonly bell: Bell;
  readonly patience: Patience;
  readonly log?: LogSync | undefined;
  readonly abilities: contract.StoreAbilities;
}

/** The wiring: writes go through the commit queue, reads straight to the connection. */
export class SqliteStore implements contract.TaskStore {
  readonly abilities: contract.StoreAbilities;
  readonly access: AccessStore;
  readonly #db: Connection;
  readonly #bell: Bell;
  readonly #patience: Patience;
  readonly #commits: CommitQueue;
  readonly #log: LogSync | undefined;
  readonly #watches = new Set<contract.Watch>();
  #closing: Promise<void> | undefined;

  constructor({ db, bell, patience, log, abilities }: SqliteStoreParams) {
    this.#db = db;
    this.#bell = bell;
    this.#patience = patience;
    this.#log = log;
    this.abilities = abilities;
    this.#commits = new CommitQueue({ db, bell, patience, path: abilities.location, log });
    this.access = sqliteAccess({
      read: (operation) => this.#read(operation),
      write: (operation) => this.#write(operation),
    });
  }

  async submit(params: contract.SubmitParams) {
    params.tasks.forEach(checkLabels);
    return this.#write((tx) => submit(tx, params));
  }

  findTask(id: string) {
    return this.#read((db) => findTask(db, id));
  }

  listTasks(params: contract.ListTasksParams) {
    return this.#read((db) => listTasks(db, params));
  }

  countTasks(params: contract.CountTasksParams) {
    return this.#read((db) => countTasks(db, params));
  }

  countMatching(params: contract.TaskFilter) {
    return this.#read((db) => countMatching(db, params));
  }

  listWaiting(params: contract.ListWaitingParams) {
    return this.#read((db) => listWaiting(db, params));
  }

  countAhead(params: contract.CountAheadParams) {
    return this.#read((db) => countAhead(db, params));
  }

  tallyEnded(params: contract.TallyEndedParams) {
    return this.#read((db) => tallyEnded(db, params));
  }

  throughput(params: contract.ThroughputParams) {
    return this.#read((db) => throughput(db, params));
  }

  attemptsOf(taskId: string) {
    return this.#read((db) => attemptsOf(db, taskId));
  }

  logsOf(params: contract.LogsParams) {
    return this.#read((db) => logsOf(db, params));
  }

  cancel(params: contract.CancelParams) {
    return this.#write((tx) => cancel(tx, params));
  }

  retry(params: contract.RetryParams) {
    return this.#write((tx) => retry(tx, params));
  }

  deleteTask(params: contract.DeleteTaskParams) {
    return this.#write((tx) => deleteTask(tx, params));
  }

  setPause(params: contract.SetPauseParams) {
    return this.#write((tx) => setPause(tx, params));
  }

  listPauses() {
    return this.#read(listPauses);
  }

  async claim(params: contract.ClaimParams) {
    const nothing = await this.#read((db) => claimNothing(db, params));
    return nothing ?? this.#write((tx) => claim(tx, params));
  }

  async settle(params: contract.SettleParams) {
    for (const { outcome } of params.settlements) {
      if ("result" in outcome) refuseLargeDocument("result", outcome.result);
    }
    return this.#write((tx) => settle(tx, params));
  }

  async report(params: contract.ReportParams) {
    refuseLargeDocument("checkpoint", params.checkpoint);
    return this.#write((tx) => report(tx, params));
  }

  renew(params: contract.RenewParams) {
    return this.#write((tx) => renew(tx, params));
  }

  registerWorker(params: contract.RegisterWorkerParams) {
    return this.#write((tx) => registerWorker(tx, params));
  }

  activateWorker(params: contract.ActivateWorkerParams) {
    return this.#write((tx) => activateWorker(tx, params));
  }

  readyWorker(params: contract.ReadyWorkerParams) {
    return this.#write((tx) => readyWorker(tx, params));
  }

  recordProcess(params: contract.RecordProcessParams) {
    return this.#write((tx) => recordProcess(tx, params));
  }

  findWorker(id: string) {
    return this.#read((db) => findWorker(db, id));
  }

  listWorkers(params: contract.ListWorkersParams) {
    return this.#read((db) => listWorkers(db, params));
  }

  changeWorker(params: contract.ChangeWorkerParams) {
    return this.#write((tx) => changeWorker(tx, params));
  }

  adoptWorker(params: contract.AdoptWorkerParams) {
    return this.#write((tx) => adoptWorker(tx, params));
  }

  endWorker(params: contract.EndWorkerParams) {
    return this.#write((tx) => endWorker(tx, params));
  }

  deleteWorkers(params: contract.DeleteWorkersParams) {
    return this.#write((tx) => removeEndedWorkers(tx, { ...params, limit: -1 }));
  }

  openSession(params: contract.OpenSessionParams) {
    return this.#write((tx) => openSession(tx, params));
  }

  endSession(params: contract.EndSessionParams) {
    return this.#write((tx) => endSession(tx, params));
  }

  findSession(id: string) {
    return this.#read((db) => findSession(db, id));
  }

  listSessions(params: { readonly open?: boolean }) {
    return this.#read((db) => listSessions(db, params));
  }

  appendEvents({ events }: Parameters<contract.TaskStore["appendEvents"]>[0]) {
    return this.#write((tx) => {
      for (const event of events) appendEvent(tx, event);
    });
  }

  listEvents(params: contract.ListEventsParams) {
    return this.#read((db) => listEvents(db, params));
  }

  listPoolEvents(params: Parameters<contract.TaskStore["listPoolEvents"]>[0]) {
    return this.#read((db) => listPoolEvents(db, params));
  }

  prune(params: contract.PruneParams) {
    return this.#write((tx) => prune(tx, params));
  }

  countPrunable(params: contract.PruneLimits) {
    return this.#read((db) => countPrunable(db, params));
  }

  watch(topics: readonly contract.Topic[], onRing: () => void): contract.Watch {
    if (this.#closing !== undefined) throw this.#closed();
    const stops = topics.map((topic) => this.#bell.listen(bellName(topic), onRing));
    const watch = {
      close: () => {
        this.#watches.delete(watch);
        for (const stop of stops.splice(0)) stop();
      },
    };
    this.#watches.add(watch);
    return watch;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#patience.shorten(closingPatienceMs);
    await this.#commits.idle();
    for (const watch of [...this.#watches]) watch.close();
    this.#bell.close();
    this.#log?.close();
    this.#db.close();
  }

  async #write<T>(operation: (tx: Transaction) => T): Promise<T> {
    if (this.#closing !== undefined) throw this.#closed();
    return this.#commits.add(operation);
  }

  async #read<T>(operation: (db: Connection) => T): Promise<T> {
    if (this.#closing !== undefined) throw this.#closed();
    try {
      return await this.#patience.retry(() => this.#db.snapshot(() => operation(this.#db)));
    } catch (error) {
      throw asStoreError(error, this.abilities.location);
    }
  }

  #closed(): ClxError {
    return new ClxError(
      "store_closed",
      `the store ${this.abilities.location} has been closed by this process; open it again`,
    );
  }
}

function refuseLargeDocument(what: string, value: JsonValue | undefined): void {
  if (value === undefined) return;
  const size = Buffer.byteLength(JSON.stringify(value));
  if (size <= documentCap) return;
  throw new ClxError(
    "invalid_value",
    `a ${what} of ${size} bytes is too large: at most ${documentCap} are kept; write it to a file and pass the path`,
  );
}
