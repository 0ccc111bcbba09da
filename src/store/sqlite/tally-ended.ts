import type { FailureKind } from "../../domain/failure.ts";
import { type FinalTaskState, finalTaskStates } from "../../domain/task-state.ts";
import {
  type EndedSample,
  type EndedTally,
  type TallyEndedParams,
  tallyCap,
} from "../task-store.ts";
import type { Connection } from "./connection.ts";

/** The last to end of a state, read off the index of ended tasks backwards. */
function lastEnded(columns: string): string {
  return `
    select   ${columns}
    from     tasks indexed by tasks_ended
    where    state = :state and ended_at is not null and ended_at >= :since
    order by ended_at desc
    limit    :limit`;
}

/** Answered by the index alone. */
export const countEndedSql = `
  select   type, count(*) as count, min(ended_at) as first
  from     (${lastEnded("type, ended_at")})
  group by type`;

/** Reads rows: as many as are asked for. */
export const sampleEndedSql = `
  select   type, iif(state = 'failed', failure ->> 'kind', null) as kind, count(*) as count, count(started_at) as ran,
           total(max(0, ended_at - started_at)) as tookMs
  from     (${lastEnded("type, state, failure, started_at, ended_at")})
  group by type, kind`;

interface CountRow {
  readonly type: string;
  readonly count: number;
  readonly first: number;
}

interface SampleRow {
  readonly type: string;
  readonly kind: FailureKind | null;
  readonly count: number;
  readonly ran: number;
  readonly tookMs: number;
}

export function tallyEnded(db: Connection, params: TallyEndedParams): EndedTally[] {
  return finalTaskStates.flatMap((state) => tallyState(db, state, params));
}

function tallyState(
  db: Connection,
  state: FinalTaskState,
  { since, sample }: TallyEndedParams,
): EndedTally[] {
  const counts = db.allNamed<CountRow>(countEndedSql, { state, since, limit: tallyCap });
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const from = total < tallyCap ? since : Math.min(...counts.map(({ first }) => first));
  const samples =
    sample === 0 || total === 0
      ? []
      : db.allNamed<SampleRow>(sampleEndedSql, { state, since, limit: sample });
  return counts.map(({ type, count }) => ({
    type,
    state,
    count,
    from,
    sample: sampleOf(samples.filter((row) => row.type === type)),
  }));
}

function sampleOf(rows: readonly SampleRow[]): EndedSample {
  return {
    ran: rows.reduce((sum, { ran }) => sum + ran, 0),
    tookMs: rows.reduce((sum, { tookMs }) => sum + tookMs, 0),
    failures: rows.flatMap(({ kind, count }) => (kind === null ? [] : [{ kind, count }])),
  };
}
