import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteSite, type SqliteSite } from "../../../test/support/store-site.ts";
import { TracedConnection } from "../../../test/support/store-trace.ts";
import { openTaskStates } from "../../domain/task-state.ts";
import { Stage } from "../conformance/stage.ts";
import type { TaskFilter, TaskStore } from "../task-store.ts";
import { Bell } from "./bell.ts";
import { countAheadSql } from "./count-ahead.ts";
import { dueSql, nextDueSql, promoteSql } from "./due-tasks.ts";
import { lossesNewestFirstSql, ofWorkerNewestFirstSql } from "./events.ts";
import { poolEventsSql } from "./list-pool-events.ts";
import { openDependenciesSql } from "./list-waiting.ts";
import { Patience } from "./patience.ts";
import { SqliteStore } from "./sqlite-store.ts";
import { countEndedSql } from "./tally-ended.ts";

/** Many tasks of every kind; SQLite knows how many, and could be tempted to scan. */
const fillSql = `
  with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 200000)
  insert into tasks (id, type, queue, session_id, state, ready, priority, run_at, attempt_limit,
                     created_at, ended_at, max_attempts, retry_on, backoff_ms, max_backoff_ms,
                     on_dependency_failure, payload)
  select 'filler-' || n, iif(n % 2, 'echo', 'other'), 'default', iif(n % 7 = 0, 'session', null),
         iif(n % 3, 'pending', 'completed'), n % 3 = 1, n % 5, iif(n % 3 = 2, 9e15, null), 3,
         n, iif(n % 3, null, n), 3, 'any', 0, 0, 'skip', '{}'
  from   numbers`;

/** Workers, and running tasks, are few: those may be scanned. */
const ofManyRows = /^SCAN (tasks(?! USING INDEX tasks_running)|task_|attempts)|TEMP B-TREE/;

describe("with 200,000 tasks in the file", () => {
  let site: SqliteSite;
  let db: TracedConnection;
  let store: TaskStore;

  beforeEach(async () => {
    site = await openSqliteSite({ synchronous: "off" });
    db = new TracedConnection({ path: site.path });
    db.exec("pragma synchronous = off");
    db.exec(fillSql);
    db.exec("analyze");
    store = new SqliteStore({
      db,
      bell: new Bell(`${site.path}-bell`),
      patience: new Patience(site.path, 1_000),
      abilities: { spansMachines: false, powerLossSafe: false, location: site.path },
    });
  });

  afterEach(async () => {
    await store.close();
    await site.close();
  });

  it("finds due tasks in an index that is in their order", () => {
    expect(planOf(dueSql("tasks_due", 1))).toEqual([
      "SEARCH tasks USING INDEX tasks_due (type=? AND queue=?)",
    ]);
    expect(planOf(dueSql("tasks_due_in_session", 8))).toEqual([
      "SEARCH tasks USING INDEX tasks_due_in_session (session_id=? AND type=? AND queue=?)",
    ]);
    expect(planOf(nextDueSql("tasks_waiting"))).toEqual([
      "SEARCH tasks USING COVERING INDEX tasks_waiting (type=? AND queue=?)",
    ]);
    expect(planOf(promoteSql)).toEqual([
      "SEARCH tasks USING INDEX tasks_waiting (type=? AND queue=? AND run_at<?)",
    ]);
  });

  it("neither scans nor sorts tasks in any step of their life", async () => {
    const stage = new Stage({ ...site, store });
    const statements = await liveThrough(stage);

    const laborious = statements
      .flatMap((sql) => planOf(sql).map((step) => `${step} for ${sql}`))
      .filter((step) => ofManyRows.test(step));
    expect(laborious).toEqual([]);
  });

  it("lists and counts without reading the rows of other states", async () => {
    await store.listTasks({ limit: 10, states: ["running", "failed"] });
    await store.listTasks({ limit: 10, sessionId: "none" });
    await store.listTasks({ limit: 10, idPrefix: "filler-77" });
    await store.listTasks({ limit: 10, dependsOn: "filler-77" });
    await store.countTasks({});

    const steps = [...db.statements].flatMap(planOf);
    expect(steps.filter((step) => /^SCAN tasks$/.test(step))).toEqual([]);
  });

  it("finds pages and counts in indexes alone, but for a short walk over the newest rows", async () => {
    const filters: TaskFilter[] = [
      { type: "none" },
      { type: "echo", queue: "none", states: ["completed", "pending", "blocked"] },
      { sessionId: "none", createdAfter: 5, createdBefore: 9 },
      { workerId: "none" },
      { idPrefix: "filler-7" },
      { text: "nothing has this", type: "other" },
      { tag: "none", states: ["failed"] },
      { failureKind: "signal" },
    ];
    for (const filter of filters) {
      for (const order of ["newest", "oldest", "ended"] as const) {
        await store.listTasks({ ...filter, order, limit: 10 });
      }
      await store.countMatching(filter);
    }
    await store.throughput({ since: 0, until: 200_000, sliceMs: 10_000, type: "none" });

    const steps = [...db.statements].flatMap(planOf).filter((step) => / tasks\b/.test(step));
    const small =
      /^SEARCH tasks$|INTEGER PRIMARY KEY|COVERING INDEX|tasks_running|sqlite_autoindex_tasks_1/;
    const ofSample =
      /^SEARCH tasks USING INDEX tasks_ended \(state=\? AND ended_at>\? AND ended_at<\?\)$/;
    const others = steps.filter((step) => !small.test(step) && !ofSample.test(step));
    expect([...new Set(others)]).toEqual([]);
    expect(steps.length).toBeGreaterThan(20);
  });

  it("looks for a pause of few, whatever the number of tasks", async () => {
    await store.setPause({ scope: { type: "echo" }, paused: true, now: 1 });
    await store.setPause({ scope: { type: "echo" }, paused: false, now: 1 });

    const steps = [...db.statements].flatMap(planOf);
    expect(steps.filter((step) => / tasks\b/.test(step))).toEqual([]);
  });

  it("looks over the whole by reading rows of what it shows alone", async () => {
    await store.countTasks({ states: openTaskStates });
    await store.listWaiting({ type: "echo", queue: "default", limit: 10 });
    await store.tallyEnded({ since: 0, sample: 100 });
    await store.listPoolEvents({ limit: 10 });
    await store.countAhead({ taskId: "filler-77", now: 1 });

    const steps = [...db.statements].flatMap(planOf);
    expect(steps.filter((step) => /^SCAN (tasks|worker_events)$/.test(step))).toEqual([]);
    expect(planOf(countEndedSql)[1]).toBe(
      "SEARCH tasks USING COVERING INDEX tasks_ended (state=? AND ended_at>?)",
    );
    expect(planOf(poolEventsSql)).toEqual([
      "SCAN worker_events USING INDEX worker_events_of_pools",
    ]);
    expect(planOf(countAheadSql).filter((step) => /^SEARCH/.test(step))).toEqual([
      "SEARCH tasks USING COVERING INDEX tasks_due (type=? AND queue=? AND priority>?)",
      "SEARCH tasks USING COVERING INDEX tasks_due (type=? AND queue=? AND priority=? AND seq<?)",
      "SEARCH tasks USING INDEX tasks_waiting (type=? AND queue=? AND run_at<?)",
    ]);
    expect(planOf(openDependenciesSql)).not.toContainEqual(expect.stringMatching(/^SCAN/));
  });

  it("finds what became of a worker without reading of its tasks", () => {
    expect(planOf(ofWorkerNewestFirstSql)[0]).toBe(
      "SEARCH worker_events USING INDEX worker_events_of_workers (worker_id=? AND id>? AND id<?)",
    );
    expect(planOf(lossesNewestFirstSql)[0]).toBe(
      "SEARCH worker_events USING INDEX worker_events_of_losses (worker_id=? AND id>? AND id<?)",
    );
  });

  it("writes tasks and events without laying out a list for each of them", async () => {
    const statements = await liveThrough(new Stage({ ...site, store }));

    const writes = statements.filter((sql) => /insert into (tasks|worker_events)\b/.test(sql));
    expect(writes).toHaveLength(2);
    expect(writes.flatMap(opcodesOf)).not.toContain("OpenEphemeral");
  });

  /** What the store asked while a task and its worker went through everything. */
  async function liveThrough(stage: Stage): Promise<string[]> {
    db.statements.clear();
    const { now } = stage;
    const first = await stage.submit({ priority: 9, key: "k" });
    await stage.submit({ after: [first.id], runAt: now + 1 });
    const workerId = await stage.worker({ expectedMemory: 1 });
    const task = await stage.claimTask(workerId, { memoryFree: 100 });
    const address = { workerId, taskId: task.id, attempt: task.attempt, now };
    const logs = [{ at: now, stream: "log", line: "hello" }] as const;
    await stage.store.report({ ...address, logs, checkpoint: 1, progress: { at: now } });
    await stage.store.renew({ workerId, now, leaseMs: 1 });
    await stage.fail(task, "worker_died");
    await stage.complete(await stage.claimTask(workerId));
    await stage.endWorker(workerId);
    const { id: sessionId } = await stage.openSession();
    const { id: taskId } = await stage.submit({ sessionId });
    await stage.store.cancel({ taskId, reason: "no", now });
    await stage.store.retry({ taskId, now });
    await stage.store.endSession({ sessionId, reason: "done", now });
    await stage.store.attemptsOf(taskId);
    await stage.store.deleteTask({ taskId, now });
    const before = { tasksEndedBefore: 9, eventsBefore: 9, workersEndedBefore: 9 };
    await stage.store.prune({ ...before, limit: 5 });
    return [...db.statements].filter((sql) => /^\s*(select|insert|update|delete)/.test(sql));
  }

  function opcodesOf(sql: string): string[] {
    return db.all<{ opcode: string }>(`explain ${sql}`).map(({ opcode }) => opcode);
  }

  function planOf(sql: string): string[] {
    return db.all<{ detail: string }>(`explain query plan ${sql}`).map(({ detail }) => detail);
  }
});
