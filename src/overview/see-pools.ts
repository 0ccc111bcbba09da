import { type LoggedEvent, poolEventTypes } from "../domain/event.ts";
import type { JsonValue } from "../domain/json.ts";
import type { ProcessIdentity, Worker } from "../domain/worker.ts";
import type { SeenMachine } from "./look-at-machine.ts";
import type { PoolOverview, SeenWorker } from "./overview.ts";

/** Pools are known by what their supervisors last said of them. */
export function seePools(
  said: readonly LoggedEvent[],
  workers: readonly SeenWorker[],
  { isAlive }: Pick<SeenMachine, "isAlive">,
): PoolOverview[] {
  const latest = new Map<string, Saying>();
  for (const event of said) {
    const saying = readSaying(event);
    if (saying === undefined) continue;
    const key = JSON.stringify([saying.pool, saying.supervisor]);
    if (!latest.has(key)) latest.set(key, saying);
  }
  return [...latest.values()]
    .filter(({ event }) => event.type !== "pool_stopping" && event.type !== "pool_stopped")
    .filter(({ supervisor }) => isAlive(supervisor) !== false)
    .map((saying) => poolOf(saying, workers));
}

function poolOf({ event, pool, queue, supervisor, wanted }: Saying, all: readonly SeenWorker[]) {
  const own = all.filter(({ worker }) => isOf(worker, pool, supervisor));
  const live = own.filter(({ condition }) => condition !== "lost").length;
  const isTrouble = event.type === "pool_gave_up" || event.type === "admission_refused";
  return {
    name: pool,
    type: event.workerType ?? pool,
    queue,
    wanted,
    live,
    ...(isTrouble && live < wanted && { trouble: event.message ?? event.type }),
    supervisor,
  };
}

function isOf({ pool, parent }: Worker, name: string, supervisor: ProcessIdentity): boolean {
  return pool === name && parent?.pid === supervisor.pid && parent.host === supervisor.host;
}

interface Saying {
  readonly event: LoggedEvent;
  readonly pool: string;
  readonly queue: string;
  readonly supervisor: ProcessIdentity;
  readonly wanted: number;
}

function readSaying(event: LoggedEvent): Saying | undefined {
  const { pool, queue, supervisor, wanted } = event.data ?? {};
  if (!(poolEventTypes as readonly string[]).includes(event.type)) return undefined;
  if (typeof pool !== "string" || typeof queue !== "string") return undefined;
  if (typeof wanted !== "number") return undefined;
  const process = identityOf(supervisor);
  return process && { event, pool, queue, supervisor: process, wanted };
}

function identityOf(value: JsonValue | undefined): ProcessIdentity | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { pid, startedAt, host } = value as { readonly [key: string]: JsonValue };
  if (typeof pid !== "number" || typeof startedAt !== "string") return undefined;
  return typeof host === "string" ? { pid, startedAt, host } : undefined;
}
