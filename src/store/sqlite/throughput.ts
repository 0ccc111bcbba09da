import { ClxError } from "../../domain/errors.ts";
import { type FinalTaskState, finalTaskStates } from "../../domain/task-state.ts";
import {
  type Quantiles,
  seriesCap,
  type Throughput,
  type ThroughputParams,
  type ThroughputSlice,
} from "../task-store.ts";
import type { Connection, NamedValues } from "./connection.ts";

const maxSlices = 2_000;

/** Of each slice and state, so many of the last to end are looked at for times. */
const sampleSize = 200;

export function throughput(db: Connection, params: ThroughputParams): Throughput {
  const { since, until, sliceMs } = params;
  const count = Math.ceil((until - since) / sliceMs);
  if (!(sliceMs > 0 && count <= maxSlices)) {
    throw new ClxError(
      "invalid_value",
      `slices of ${sliceMs} ms from ${since} to ${until} cannot be told: at most ${maxSlices} slices fit`,
    );
  }
  const slices: ThroughputSlice[] = [];
  let ended = 0;
  for (let index = count - 1; index >= 0; index--) {
    const at = since + index * sliceMs;
    const slice = sliceOf(db, { ...params, since: at, until: Math.min(at + sliceMs, until) });
    ended += slice.completed + slice.failed + slice.cancelled;
    if (ended > seriesCap && slices.length > 0) return { from: at + sliceMs, slices };
    if (slice.completed + slice.failed + slice.cancelled > 0) slices.unshift(slice);
  }
  return { from: since, slices };
}

type SliceParams = Omit<ThroughputParams, "sliceMs">;

function sliceOf(db: Connection, params: SliceParams): ThroughputSlice {
  const [completed, failed, cancelled] = finalTaskStates.map((state) =>
    countEnded(db, state, params),
  ) as [number, number, number];
  const counts = { at: params.since, completed, failed, cancelled };
  if (completed + failed === 0) return counts;
  const times = sampleTimes(db, params);
  const waitMs = quantilesOf(times.map((time) => time.waited));
  const ranMs = quantilesOf(times.map((time) => time.ran));
  return { ...counts, ...(waitMs && { waitMs }), ...(ranMs && { ranMs }) };
}

function endedIn(ofType: boolean): string {
  return `
    from  tasks indexed by tasks_ended
    where state = :state and ended_at is not null and ended_at >= :since and ended_at < :until
    ${ofType ? "and type = :type" : ""}`;
}

export function countEndedInSliceSql(ofType: boolean): string {
  return `select count(*) as count ${endedIn(ofType)}`;
}

function countEnded(db: Connection, state: FinalTaskState, params: SliceParams): number {
  const sql = countEndedInSliceSql(params.type !== undefined);
  return db.allNamed<{ count: number }>(sql, valuesOf(params, state))[0]?.count ?? 0;
}

/**
 * A task is due when it was submitted, when its time came, when the last task that it waited for
 * ended, or when an attempt before the last one ended: whatever came last.
 */
const dueAt = `
  max(
    created_at,
    ifnull(run_at, 0),
    iif(after_ids is null, 0, ifnull((
      select max(awaited.ended_at)
      from   task_dependencies
      cross  join tasks as awaited on awaited.id = task_dependencies.depends_on
      where  task_dependencies.task_id = tasks.id), 0)),
    iif(attempt < 2, 0, ifnull((
      select ended_at
      from   attempts
      where  task_seq = tasks.seq and number = tasks.attempt - 1), 0))
  )`;

function sampleSql(ofType: boolean): string {
  return `
    select   max(0, started_at - ${dueAt}) as waited, max(0, ended_at - started_at) as ran
    ${endedIn(ofType)}
    and      started_at is not null
    order by ended_at desc
    limit    ${sampleSize}`;
}

interface Times {
  readonly waited: number;
  readonly ran: number;
}

/** Cancelled tasks are left out: what they were doing when they ended says nothing. */
function sampleTimes(db: Connection, params: SliceParams): Times[] {
  const sql = sampleSql(params.type !== undefined);
  return (["completed", "failed"] as const).flatMap((state) =>
    db.allNamed<Times>(sql, valuesOf(params, state)),
  );
}

function valuesOf({ since, until, type }: SliceParams, state: FinalTaskState): NamedValues {
  return { state, since, until, ...(type !== undefined && { type }) };
}

function quantilesOf(values: readonly number[]): Quantiles | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1];
  const [p50, p95] = [at(0.5), at(0.95)];
  return p50 === undefined || p95 === undefined ? undefined : { p50, p95 };
}
