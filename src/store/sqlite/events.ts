import type { EventType, LoggedEvent, NewEvent } from "../../domain/event.ts";
import type { ListEventsParams } from "../task-store.ts";
import type { Connection } from "./connection.ts";
import type { Transaction } from "./transaction.ts";
import type { Writable } from "./writable.ts";

const appendSql = `
  insert into worker_events
    (event_type, created_at, message, worker_id, worker_type, mode, task_id, session_id, data)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export function appendEvent(tx: Transaction, event: NewEvent): void {
  tx.db.run(
    appendSql,
    event.type,
    event.at,
    event.message ?? null,
    event.workerId ?? null,
    event.workerType ?? null,
    event.mode ?? null,
    event.taskId ?? null,
    event.sessionId ?? null,
    event.data === undefined ? null : JSON.stringify(event.data),
  );
  tx.changed();
}

const lastEventSql = "select ifnull(max(id), 0) as cursor from worker_events";

/** For the column `events_after` of tasks that are about to be added. */
export function lastEvent(db: Connection): number {
  return db.get<{ cursor: number }>(lastEventSql)?.cursor ?? 0;
}

/**
 * No event about a task is older than the task. There is no index of whom events are about: it
 * would cost each task a tenth more of processor time, and the newest events are those asked for.
 */
function beginOf(db: Connection, taskId: string | undefined): number {
  if (taskId === undefined) return 0;
  const sql = "select events_after as cursor from tasks where id = ?";
  return db.get<{ cursor: number | null }>(sql, taskId)?.cursor ?? 0;
}

/** What a worker lost or gave back. */
const lossTypes: readonly EventType[] = ["task_requeued", "task_released"];

/** As the indices `worker_events_of_workers` and `worker_events_of_losses` have it, word by word. */
const isOfWorker = "(substr(event_type, 1, 7) = 'worker_' or event_type = 'orphan_ended')";
const isLoss = "event_type in ('task_requeued', 'task_released')";

function listSql(order: "asc" | "desc", more = ""): string {
  return `
    select *
    from   worker_events
    where  id > :after and id < :before
    and    (:types is null or event_type in (select value from json_each(:types)))
    and    (:taskId is null or task_id = :taskId)
    and    (:workerId is null or worker_id = :workerId)
    ${more}
    order  by id ${order}
    limit  :limit`;
}

const oldestFirstSql = listSql("asc");
const newestFirstSql = listSql("desc");
const ofWorker = `and worker_id = :workerId and ${isOfWorker}`;
const ofLosses = `and worker_id = :workerId and ${isLoss}`;
const ofWorkerOldestFirstSql = listSql("asc", ofWorker);
const lossesOldestFirstSql = listSql("asc", ofLosses);
export const ofWorkerNewestFirstSql = listSql("desc", ofWorker);
export const lossesNewestFirstSql = listSql("desc", ofLosses);

function sqlFor({ newestBefore, types, workerId }: ListEventsParams): string {
  const isNewestFirst = newestBefore !== undefined;
  if (workerId !== undefined && types?.every(isWorkerEvent)) {
    return isNewestFirst ? ofWorkerNewestFirstSql : ofWorkerOldestFirstSql;
  }
  if (workerId !== undefined && types?.every((type) => lossTypes.includes(type))) {
    return isNewestFirst ? lossesNewestFirstSql : lossesOldestFirstSql;
  }
  return isNewestFirst ? newestFirstSql : oldestFirstSql;
}

function isWorkerEvent(type: EventType): boolean {
  return type.startsWith("worker_") || type === "orphan_ended";
}

export interface EventRow {
  readonly id: number;
  readonly event_type: EventType;
  readonly created_at: number;
  readonly message: string | null;
  readonly worker_id: string | null;
  readonly worker_type: string | null;
  readonly mode: string | null;
  readonly task_id: string | null;
  readonly session_id: string | null;
  readonly data: string | null;
}

export function listEvents(db: Connection, params: ListEventsParams): LoggedEvent[] {
  const { after, limit, newestBefore, types, taskId, workerId } = params;
  const rows = db.allNamed<EventRow>(sqlFor(params), {
    after: Math.max(after, beginOf(db, taskId)),
    before: typeof newestBefore === "number" ? newestBefore : Number.MAX_SAFE_INTEGER,
    limit,
    types: types === undefined ? null : JSON.stringify(types),
    taskId: taskId ?? null,
    workerId: workerId ?? null,
  });
  return rows.map(eventOf);
}

export function eventOf(row: EventRow): LoggedEvent {
  const event: Writable<LoggedEvent> = {
    cursor: row.id,
    type: row.event_type,
    at: row.created_at,
  };
  if (row.message !== null) event.message = row.message;
  if (row.worker_id !== null) event.workerId = row.worker_id;
  if (row.worker_type !== null) event.workerType = row.worker_type;
  if (row.mode !== null) event.mode = row.mode;
  if (row.task_id !== null) event.taskId = row.task_id;
  if (row.session_id !== null) event.sessionId = row.session_id;
  if (row.data !== null) event.data = JSON.parse(row.data);
  return event;
}
