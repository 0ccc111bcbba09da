import { setTimeout as sleep } from "node:timers/promises";
import type { ExecutionMode, ProcessIdentity, Worker } from "../../domain/worker.ts";
import { isLive, liveWorkerStates } from "../../domain/worker-state.ts";
import type { WorkerExecutor } from "../../executor/executor.ts";
import type { WorkerLinks } from "../../link/worker-link.ts";
import { isAlive, ownIdentity, whereIs } from "../../machine/process-identity.ts";
import { tellProcess } from "../../machine/tell-process.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { endRemains, refOf } from "../../supervisor/recovery/end-remains.ts";
import { buryEarlierBoot } from "./bury-earlier-boot.ts";
import { servicesKind } from "./find-services.ts";
import { isSameProcess } from "./services-state.ts";

export interface StopServicesParams {
  readonly store: TaskStore;
  readonly executors: ReadonlyMap<ExecutionMode, WorkerExecutor>;
  /** The living supervisors of services (`findServices`). */
  readonly supervisors: readonly ProcessIdentity[];
  /** How long running tasks may take to end before they are given back. */
  readonly timeoutMs: number;
  /** How long they may take to be given back, before their processes are killed. */
  readonly abortGraceMs: number;
  /** Workers of these types only. */
  readonly types?: readonly string[];
  /** Aborted: do not wait any longer. */
  readonly hurry?: AbortSignal;
  readonly onStep?: (step: StopStep) => void;
  /** Where workers in containers hear that they shall leave, now that their supervisor is gone. */
  readonly workerApi: WorkerLinks;
}

export type StopStep =
  | { readonly kind: "supervisor_ended"; readonly pid: number }
  | { readonly kind: "draining"; readonly workers: readonly Worker[] }
  | { readonly kind: "waiting"; readonly workers: readonly Worker[] }
  | { readonly kind: "giving_back"; readonly workers: readonly Worker[] };

/** How long a supervisor may take to let go of its workers. */
const letGoMs = 5_000;
const lookMs = 25;

/**
 * Ends the persistent workers of a database, whoever started them, and their supervisor.
 *
 * The supervisor is ended first, so that it replaces nobody; it leaves its workers to us. Then,
 * with or without one, the same happens: the workers are asked to finish and leave; after the
 * time-out to give back what they do; after that their trees are killed. Their rows are removed.
 * Workers of another living supervisor are not ours to stop: it would start others.
 *
 * @returns the workers as they were before
 */
export async function stopServices(params: StopServicesParams): Promise<readonly Worker[]> {
  const { supervisors, onStep } = params;
  for (const supervisor of supervisors) {
    await endSupervisor(supervisor);
    onStep?.({ kind: "supervisor_ended", pid: supervisor.pid });
  }
  await buryEarlierBoot(params.store);
  const stopped = new Map<string, Worker>();
  // A worker that was just being started shows only when its row does.
  for (let workers = await workersToStop(params); workers.length > 0; ) {
    for (const worker of workers) stopped.set(worker.id, worker);
    await stopWorkers(params, workers);
    workers = (await workersToStop(params)).filter(({ id }) => !stopped.has(id));
  }
  await endSessions(params.store);
  await removeRows(params.store, [...stopped.keys()]);
  return [...stopped.values()];
}

/**
 * Asks it to leave its workers, by default; one that does not listen in time is killed, which
 * leaves them too.
 */
export async function endSupervisor(
  supervisor: ProcessIdentity,
  { signals = ["SIGUSR2"], withinMs = letGoMs }: EndSupervisorParams = {},
): Promise<void> {
  for (const signal of signals) {
    tellProcess(supervisor, signal);
    tellProcess(supervisor, "SIGCONT");
    if (await isGoneWithin(supervisor, withinMs)) return;
  }
  tellProcess(supervisor, "SIGKILL");
  await isGoneWithin(supervisor, letGoMs);
}

export interface EndSupervisorParams {
  /** One after the other, each with its time. */
  readonly signals?: readonly NodeJS.Signals[];
  readonly withinMs?: number;
}

async function isGoneWithin(one: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (isAlive(one) === true && performance.now() < deadline) await sleep(lookMs);
  return isAlive(one) !== true;
}

/** Persistent workers that nobody keeps once the supervisors have ended, as far as this machine can tell. */
export async function workersToStop({
  store,
  types,
  supervisors,
}: Pick<StopServicesParams, "store" | "types" | "supervisors">): Promise<readonly Worker[]> {
  const live = await store.listWorkers({ states: liveWorkerStates });
  return live.filter(
    (worker) =>
      worker.persistent &&
      (types?.includes(worker.type) ?? true) &&
      !isKept(worker.parent, supervisors) &&
      isOfThisMachine(worker),
  );
}

function isOfThisMachine(worker: Worker): boolean {
  const { process } = worker;
  return process === undefined || whereIs(process) === "here" || isInContainer(worker);
}

/** By a living supervisor other than those which leave them to us; one in this process does. */
function isKept(parent: ProcessIdentity | undefined, leaving: readonly ProcessIdentity[]): boolean {
  if (parent === undefined) return false;
  const leaves = [ownIdentity(), ...leaving].some((one) => isSameProcess(parent, one));
  return !leaves && isAlive(parent) === true;
}

async function stopWorkers(params: StopServicesParams, workers: readonly Worker[]): Promise<void> {
  const { store, timeoutMs, abortGraceMs, onStep, workerApi } = params;
  if (workers.some(isInContainer)) await workerApi.open();
  await announce(params, workers);
  await notePools(params, "pool_stopping", workers);
  onStep?.({ kind: "draining", workers });
  await Promise.all(workers.map((worker) => drain(store, worker)));
  let left = await leftAfter(params, workers, Math.min(timeoutMs, 200));
  if (left.length > 0) onStep?.({ kind: "waiting", workers: left });
  left = await leftAfter(params, left, timeoutMs - 200);
  if (left.length > 0) {
    onStep?.({ kind: "giving_back", workers: left });
    // The first is a wish to leave, the second to do so now.
    for (const signal of ["SIGTERM", "SIGTERM"] as const) {
      for (const { process } of left) if (process) tellProcess(process, signal);
      await sleep(lookMs);
    }
    const patient = { ...params, hurry: undefined };
    const contained = left.filter(isInContainer);
    await Promise.all(contained.map((worker) => stopContainer(params, worker)));
    left = await leftAfter(patient, left, abortGraceMs);
  }
  for (const worker of workers) await endForGood(params, worker);
  await notePools(params, "pool_stopped", workers);
}

/** Its process is of another host: what we know of it is what its executor knows. */
function isInContainer({ mode, parent }: Worker): boolean {
  return mode === "docker" && parent !== undefined && whereIs(parent) === "here";
}

async function stopContainer(
  { executors, abortGraceMs }: StopServicesParams,
  worker: Worker,
): Promise<void> {
  const running = await executors.get(worker.mode)?.reattach(refOf(worker));
  await running?.stop({ graceMs: abortGraceMs });
}

async function drain(store: TaskStore, { id, state }: Worker): Promise<void> {
  if (state === "draining") return;
  await store.changeWorker({ workerId: id, event: "drain", now: Date.now() }).catch(() => {
    // It has ended, or drains already.
  });
}

async function leftAfter(
  {
    store,
    hurry,
  }: Pick<StopServicesParams, "store"> & { readonly hurry?: AbortSignal | undefined },
  workers: readonly Worker[],
  withinMs: number,
): Promise<readonly Worker[]> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const rows = await Promise.all(workers.map(({ id }) => store.findWorker(id)));
    const left = rows.flatMap((row) => (row && runs(row) ? [row] : []));
    if (left.length === 0 || hurry?.aborted || performance.now() >= deadline) return left;
    await sleep(lookMs);
  }
}

function runs({ state, process }: Worker): boolean {
  return isLive(state) || (process !== undefined && isAlive(process) === true);
}

/** Whatever it left, and its row if it could not end that itself. */
async function endForGood({ store, executors }: StopServicesParams, { id }: Worker): Promise<void> {
  const row = await store.findWorker(id);
  if (row === undefined) return;
  await endRemains(row, executors);
  if (!isLive(row.state)) return;
  await store.endWorker({
    workerId: id,
    event: "leave",
    ending: { reason: "the services were stopped" },
    tasks: { kind: "released" },
    now: Date.now(),
    jitter: Math.random(),
  });
}

async function announce({ store }: StopServicesParams, workers: readonly Worker[]): Promise<void> {
  const reason = "the services are stopped";
  await store.appendEvents({
    events: workers.map(({ id, type, mode, pool = "" }) => ({
      type: "worker_stopping" as const,
      at: Date.now(),
      message: `${id}: ${reason}`,
      workerId: id,
      workerType: type,
      mode,
      data: { reason, pool },
    })),
  });
}

async function notePools(
  { store }: StopServicesParams,
  type: "pool_stopping" | "pool_stopped",
  workers: readonly Worker[],
): Promise<void> {
  const words = (one: boolean) => {
    const who = one ? "worker" : "workers";
    if (type === "pool_stopping") return `${who} ${one ? "is" : "are"} told to leave`;
    return `${who} ${one ? "has" : "have"} ended`;
  };
  const at = Date.now();
  const pools = Map.groupBy(workers, ({ pool, type: ofType }) => pool ?? ofType);
  await store.appendEvents({
    events: [...pools].map(([pool, members]) => ({
      ...{ type, at, message: `pool ${pool}: ${members.length} ${words(members.length === 1)}` },
      ...(members[0] && { workerType: members[0].type, mode: members[0].mode }),
      data: { pool, count: members.length },
    })),
  });
}

/** Of supervisors that were killed. */
async function endSessions(store: TaskStore): Promise<void> {
  for (const { id, kind, process } of await store.listSessions({ open: true })) {
    if (kind !== servicesKind || isAlive(process) === true) continue;
    if (whereIs(process) !== "here") continue;
    const reason = `its process ${process.pid} is gone`;
    await store.endSession({ sessionId: id, reason, now: Date.now() });
  }
}

async function removeRows(store: TaskStore, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await store.deleteWorkers({ endedBefore: Date.now() + 1, ids });
}
