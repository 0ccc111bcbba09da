export const firstTables = `
create table tasks (
  seq                   integer primary key,
  id                    text    not null unique,
  type                  text    not null,
  queue                 text    not null,
  session_id            text,
  state                 text    not null,
  ready                 integer not null, -- 1 when a pending task waits for its turn alone
  priority              integer not null,
  run_at                integer,
  open_dependencies     integer not null default 0,
  attempt               integer not null default 0,
  attempt_limit         integer not null,
  worker_id             text,
  created_at            integer not null,
  started_at            integer,
  ended_at              integer,
  max_attempts          integer not null,
  retry_on              text    not null,
  backoff_ms            integer not null,
  max_backoff_ms        integer not null,
  timeout_ms            integer,
  expected_memory       integer,
  key                   text,
  after_ids             text,
  on_dependency_failure text    not null,
  peak_memory           integer,
  cpu_ms                integer,
  cancel_requested_at   integer,
  cancel_reason         text,
  progress              text,
  failure               text,
  result                text,
  payload               text    not null
);

create unique index tasks_by_key on tasks (key) where key is not null;

-- Tasks in the order in which they are claimed.
create index tasks_due on tasks (type, queue, priority desc, seq)
  where state = 'pending' and ready = 1;
create index tasks_due_in_session on tasks (session_id, type, queue, priority desc, seq)
  where state = 'pending' and ready = 1 and session_id is not null;

-- Pending tasks whose time has not come when it was last looked at.
create index tasks_waiting on tasks (type, queue, run_at)
  where state = 'pending' and ready = 0;
create index tasks_waiting_in_session on tasks (session_id, type, queue, run_at)
  where state = 'pending' and ready = 0 and session_id is not null;

create index tasks_blocked on tasks (session_id, type, queue) where state = 'blocked';
create index tasks_running on tasks (worker_id) where state = 'running';
create index tasks_ended on tasks (state, ended_at, type, queue, session_id)
  where ended_at is not null;

create table task_dependencies (
  task_id    text not null,
  depends_on text not null,
  primary key (task_id, depends_on)
) without rowid;

create index task_dependants on task_dependencies (depends_on);

-- Attempts that another one has followed, or will; a task's row holds the latest.
create table attempts (
  task_seq    integer not null,
  number      integer not null,
  worker_id   text,
  started_at  integer not null,
  ended_at    integer not null,
  outcome     text    not null,
  failure     text,
  peak_memory integer,
  cpu_ms      integer,
  primary key (task_seq, number)
) without rowid;

create table checkpoints (
  task_seq integer primary key,
  document text    not null
);

create table task_logs (
  task_seq integer not null,
  cursor   integer not null,
  attempt  integer not null,
  at       integer not null,
  stream   text    not null,
  line     text    not null,
  primary key (task_seq, cursor)
) without rowid;

create table workers (
  seq                integer primary key,
  id                 text    not null unique,
  type               text    not null,
  queue              text    not null,
  mode               text    not null,
  status             text    not null,
  concurrency        integer not null,
  session_id         text,
  persistent         integer not null,
  pool               text,
  parent_pid         integer,
  parent_started_at  text,
  parent_host        text,
  expected_memory    integer not null,
  memory_limit       integer,
  log_path           text,
  config_source      text,
  launch_token_hash  text,
  pid                integer,
  process_started_at text,
  host               text,
  executor_ref       text,
  registered_at      integer not null,
  activated_at       integer,
  ended_at           integer,
  heartbeat_at       integer,
  beats              integer not null default 0,
  leased_until       integer,
  usage_memory       integer,
  usage_cpu_percent  real,
  usage_processes    integer,
  peak_memory        integer,
  tasks_completed    integer not null default 0,
  tasks_failed       integer not null default 0,
  busy_ms            integer not null default 0,
  ending             text
);

create table sessions (
  seq                integer primary key,
  id                 text    not null unique,
  kind               text    not null,
  pid                integer not null,
  process_started_at text    not null,
  host               text    not null,
  opened_at          integer not null,
  ended_at           integer,
  end_reason         text
);

create table worker_events (
  id          integer primary key,
  event_type  text    not null,
  created_at  integer not null,
  message     text,
  worker_id   text,
  worker_type text,
  mode        text,
  task_id     text,
  session_id  text,
  data        text
);
`;
