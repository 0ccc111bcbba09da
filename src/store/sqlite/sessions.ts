import { ClxError } from "../../domain/errors.ts";
import type { Session } from "../../domain/session.ts";
import type { OpenSessionParams } from "../task-store.ts";
import type { Connection } from "./connection.ts";
import { appendEvent } from "./events.ts";
import type { Transaction } from "./transaction.ts";

interface SessionRow {
  readonly id: string;
  readonly kind: string;
  readonly pid: number;
  readonly process_started_at: string;
  readonly host: string;
  readonly opened_at: number;
  readonly ended_at: number | null;
  readonly end_reason: string | null;
}

const insertSql = `
  insert into sessions (id, kind, pid, process_started_at, host, opened_at)
  values (?, ?, ?, ?, ?, ?)`;

export function openSession(tx: Transaction, { session, now }: OpenSessionParams): Session {
  const known = findSession(tx.db, session.id);
  if (known !== undefined) return known;
  const { id, kind, process } = session;
  tx.db.run(insertSql, id, kind, process.pid, process.startedAt, process.host, now);
  appendEvent(tx, { type: "session_opened", at: now, sessionId: id, data: { kind } });
  return getSession(tx.db, id);
}

export function findSession(db: Connection, id: string): Session | undefined {
  const row = db.get<SessionRow>("select * from sessions where id = ?", id);
  return row && sessionOf(row);
}

export function getSession(db: Connection, id: string): Session {
  const session = findSession(db, id);
  if (session === undefined) {
    throw new ClxError("session_not_found", `no session has the id ${id}; open it first`);
  }
  return session;
}

const listSql = `
  select   *
  from     sessions
  where    (?1 is null or (ended_at is null) = ?1)
  order by seq`;

export function listSessions(db: Connection, { open }: { readonly open?: boolean }): Session[] {
  const wanted = open === undefined ? null : Number(open);
  return db.all<SessionRow>(listSql, wanted).map(sessionOf);
}

/** Nobody would ever take what is added to a session that has ended. */
export function refuseEndedSession(db: Connection, id: string): void {
  const session = findSession(db, id);
  if (session?.endedAt === undefined) return;
  throw new ClxError(
    "illegal_transition",
    `session ${id} takes nothing new: it has ended (${session.endReason}); open another`,
  );
}

function sessionOf(row: SessionRow): Session {
  return {
    id: row.id,
    kind: row.kind,
    process: { pid: row.pid, startedAt: row.process_started_at, host: row.host },
    openedAt: row.opened_at,
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    ...(row.end_reason !== null && { endReason: row.end_reason }),
  };
}
