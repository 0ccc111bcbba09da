import { ClxError, WorkerNotFoundError } from "../../domain/errors.ts";
import type { Worker } from "../../domain/worker.ts";
import { isLive, liveWorkerStates } from "../../domain/worker-state.ts";
import type { EndedWorker } from "../../store/task-store.ts";
import { endedPlace } from "../outgoing/worker-json.ts";
import { RequestError } from "../request-error.ts";
import type { ServerContext } from "../server-context.ts";
import type { WorkerPlace } from "../workforce/workforce.ts";

/** What the API and the pages do to workers. Each takes a place's name or a worker's id. */

/** @throws WorkerNotFoundError */
export async function findPlace(server: ServerContext, id: string): Promise<WorkerPlace> {
  const places = await server.workforce.places();
  const place =
    places.find(({ name }) => name === id) ?? places.find(({ worker }) => worker?.id === id);
  if (place !== undefined) return place;
  const worker = await server.store.findWorker(id);
  if (worker !== undefined) return endedPlace(worker);
  throw new WorkerNotFoundError(id);
}

/** @throws ClxError `conflict` when nobody fills the place */
export async function findWorker(server: ServerContext, id: string): Promise<Worker> {
  const { worker, trouble } = await findPlace(server, id);
  if (worker !== undefined) return worker;
  throw new ClxError(
    "conflict",
    `nobody is at the place ${id} just now: ${trouble ?? "it starts"}`,
  );
}

/** Of which type "one more worker" is when nobody says: the user's own, or one for programs. */
export function typeToAdd({ workforce: { types }, config }: ServerContext): string {
  const own = types.find((type) => config.ownTypes.includes(type));
  return own ?? types.find((type) => type === "command") ?? types[0] ?? "command";
}

/** It finishes what it does and leaves. Harmless when it is leaving already. */
export async function drainWorker(server: ServerContext, id: string): Promise<Worker> {
  const worker = await findWorker(server, id);
  if (worker.state === "draining") return worker;
  return await server.workforce.drain(worker.id);
}

const takesTasks: readonly string[] = ["idle", "busy", "hung"];

/** The one that has run for longest. @throws ClxError `conflict` when there is none */
export async function drainOldest(server: ServerContext): Promise<Worker> {
  const workers = await server.store.listWorkers({ states: liveWorkerStates });
  const [oldest] = workers
    .filter(({ state }) => takesTasks.includes(state))
    .toSorted((a, b) => startOf(a) - startOf(b));
  if (oldest === undefined) throw new ClxError("conflict", "No worker to drain");
  return await server.workforce.drain(oldest.id);
}

function startOf({ activatedAt, registeredAt }: Worker): number {
  return activatedAt ?? registeredAt;
}

/** All that live and are not leaving already; one that ends meanwhile does not matter. */
export async function drainAll(server: ServerContext): Promise<readonly Worker[]> {
  const workers = await server.store.listWorkers({ states: liveWorkerStates });
  const staying = workers.filter(({ state }) => state !== "draining");
  const drained = await Promise.allSettled(staying.map(({ id }) => server.workforce.drain(id)));
  const failed = drained.find((one) => one.status === "rejected" && !hasEnded(one.reason));
  if (failed?.status === "rejected") throw failed.reason;
  return drained.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
}

function hasEnded(error: unknown): boolean {
  return (
    error instanceof ClxError &&
    (error.code === "illegal_transition" || error.code === "worker_not_found")
  );
}

export interface AbortParams {
  readonly id: string;
  /** Somebody said that they mean it. */
  readonly isConfirmed: boolean;
  readonly tasks?: "fail" | "requeue" | undefined;
}

/** Ends it now, with all its processes; its tasks fail, or run again. */
export async function abortWorker(
  server: ServerContext,
  params: AbortParams,
): Promise<EndedWorker> {
  const { id, isConfirmed, tasks = "fail" } = params;
  const worker = await findWorker(server, id);
  if (!isLive(worker.state)) {
    throw new ClxError("illegal_transition", `cannot abort worker ${id}: it is ${worker.state}`);
  }
  if (!isConfirmed) {
    throw new RequestError("invalid_value", {
      message: `Abort requires confirmation (add ?confirm=yes): it ends worker ${id} and its ${worker.taskIds.length} tasks now`,
      facts: { tasks: worker.taskIds },
    });
  }
  return await server.workforce.abort(worker.id, { tasks });
}

/** Ends a place for good: its worker finishes what it does and nobody follows. */
export async function removePlace(server: ServerContext, id: string): Promise<WorkerPlace> {
  const place = await findPlace(server, id);
  await server.workforce.remove(place.name);
  return place;
}
