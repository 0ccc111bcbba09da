import type { NewEvent } from "../../domain/event.ts";
import type { Pause, PauseScope } from "../../domain/pause.ts";
import { liveWorkerStates } from "../../domain/worker-state.ts";
import type { SetPauseParams } from "../task-store.ts";
import type { Connection } from "./connection.ts";
import { appendEvent } from "./events.ts";
import { sqlList } from "./guards.ts";
import type { Transaction } from "./transaction.ts";

interface PauseRow {
  readonly queue: string | null;
  readonly type: string | null;
  readonly paused_at: number;
  readonly paused_by: string | null;
  readonly reason: string | null;
}

const fittingSql = `
  select 1
  from   pauses
  where  (queue is null or queue = ?) and (type is null or type = ?)
  limit  1`;

/** Whether tasks of this type and queue are held back. */
export function isPaused(
  db: Connection,
  { type, queue }: { readonly type: string; readonly queue: string },
): boolean {
  return db.get(fittingSql, queue, type) !== undefined;
}

export function listPauses(db: Connection): Pause[] {
  return db.all<PauseRow>("select * from pauses order by paused_at, rowid").map(pauseOf);
}

const insertSql =
  "insert into pauses (queue, type, paused_at, paused_by, reason) values (?, ?, ?, ?, ?)";

export function setPause(tx: Transaction, params: SetPauseParams): Pause[] {
  const { paused, now, by, reason } = params;
  const scope = [params.scope.queue ?? null, params.scope.type ?? null] as const;
  const was = tx.db.get("select 1 from pauses where queue is ? and type is ?", ...scope);
  if (paused !== (was !== undefined)) {
    if (paused) tx.db.run(insertSql, ...scope, now, by ?? null, reason ?? null);
    else tx.db.run("delete from pauses where queue is ? and type is ?", ...scope);
    appendEvent(tx, changeOf(params));
    if (!paused) ringWorkers(tx, params.scope);
  }
  return listPauses(tx.db);
}

function changeOf({ scope, paused, by, reason, now }: SetPauseParams): NewEvent {
  return {
    type: paused ? "queue_paused" : "queue_resumed",
    at: now,
    ...(reason !== undefined && { message: reason }),
    ...(scope.type !== undefined && { workerType: scope.type }),
    data: {
      ...(scope.queue !== undefined && { queue: scope.queue }),
      ...(scope.type !== undefined && { type: scope.type }),
      ...(by !== undefined && { by }),
    },
  };
}

const liveTypesSql = `
  select distinct type
  from   workers
  where  status in (${sqlList(liveWorkerStates)}) and (?1 is null or queue = ?1)`;

function ringWorkers(tx: Transaction, { type, queue }: PauseScope): void {
  const types =
    type === undefined
      ? tx.db.all<{ type: string }>(liveTypesSql, queue ?? null).map((row) => row.type)
      : [type];
  for (const each of types) tx.ring({ kind: "work", type: each });
}

function pauseOf(row: PauseRow): Pause {
  return {
    ...(row.queue !== null && { queue: row.queue }),
    ...(row.type !== null && { type: row.type }),
    at: row.paused_at,
    ...(row.paused_by !== null && { by: row.paused_by }),
    ...(row.reason !== null && { reason: row.reason }),
  };
}
