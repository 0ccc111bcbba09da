/**
 * Titles, tags, pauses, keys and sign-ins. The indexes of tasks get the columns that lists filter
 * by, so that looking for few among a million reads the rows of those few alone. (SQLite takes
 * an index for a covering one only when the constants of its condition stand together.)
 */
export const serverTables = `
alter table tasks add column title text;
alter table tasks add column tags  text;

-- The last event before its own: where a search for those begins.
alter table tasks add column events_after integer;

drop index tasks_due;
drop index tasks_due_in_session;
drop index tasks_waiting;
drop index tasks_waiting_in_session;
drop index tasks_blocked;
drop index tasks_ended;

create index tasks_due on tasks
  (type, queue, priority desc, seq, session_id, worker_id, created_at)
  where state = 'pending' and ready = 1;
create index tasks_due_in_session on tasks
  (session_id, type, queue, priority desc, seq, worker_id, created_at)
  where session_id is not null and (state = 'pending' and ready = 1);
create index tasks_waiting on tasks
  (type, queue, run_at, session_id, worker_id, created_at)
  where state = 'pending' and ready = 0;
create index tasks_waiting_in_session on tasks
  (session_id, type, queue, run_at, worker_id, created_at)
  where session_id is not null and (state = 'pending' and ready = 0);
create index tasks_blocked on tasks (session_id, type, queue, worker_id, created_at)
  where state = 'blocked';
create index tasks_ended on tasks
  (state, ended_at, type, queue, session_id, worker_id, created_at)
  where ended_at is not null;

create table pauses (
  queue     text,
  type      text,
  paused_at integer not null,
  paused_by text,
  reason    text
);

create table api_keys (
  seq          integer primary key,
  id           text    not null unique,
  name         text    not null,
  role         text    not null,
  hash         text    not null unique,
  hint         text    not null,
  created_at   integer not null,
  last_used_at integer,
  revoked_at   integer
);

create unique index api_keys_in_force on api_keys (name) where revoked_at is null;

create table sign_ins (
  hash       text    primary key,
  key_id     text    not null,
  created_at integer not null,
  expires_at integer not null
) without rowid;
`;
