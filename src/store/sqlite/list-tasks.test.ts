import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSqliteSite, type SqliteSite } from "../../../test/support/store-site.ts";
import type { Task } from "../../domain/task.ts";
import { isFinal, type TaskState, taskStates } from "../../domain/task-state.ts";
import { numbered, Stage } from "../conformance/stage.ts";
import { countCap, type ListTasksParams, lookThroughCap, type TaskFilter } from "../task-store.ts";
import { Connection } from "./connection.ts";

const size = 40_000;

/** What is common among the old tasks is rare among the new ones, and the other way round. */
const fillSql = `
  with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${size})
  insert into tasks (id, type, queue, session_id, state, ready, priority, run_at, attempt_limit,
                     worker_id, created_at, ended_at, max_attempts, retry_on, backoff_ms,
                     max_backoff_ms, on_dependency_failure, title, tags, failure, payload)
  select printf('%05d', n), iif(n < 15000, 'old', iif(n % 900 = 0, 'rare', 'new')), 'queue-' || (n % 3),
         iif(n % 7 = 0, 'session-' || (n / 10000), null),
         case n % 10 when 0 then 'pending' when 1 then 'failed' when 2 then 'cancelled'
                     when 3 then iif(n % 4000 = 3, 'running', 'blocked') else 'completed' end,
         n % 20 = 0, n % 5, null, 3, iif(n % 10 = 0, null, 'worker-' || (n / 8000)), 1000 + n / 2,
         iif(n % 10 in (0, 3), null, 5000 + (n * 31) % 9999), 3, 'any', 0, 0, 'skip',
         'title ' || (n % 100), iif(n % 50 = 1, '["fifty"]', null),
         iif(n % 10 = 1, '{"kind":"' || iif(n < 3000, 'signal', 'user_error') || '","message":"m"}', null),
         '{"n":' || n || '}'
  from   numbers`;

const filters: TaskFilter[] = [
  {},
  { type: "old" },
  { type: "new", states: ["completed", "failed"] },
  { type: "rare" },
  { type: "none" },
  { queue: "queue-1", states: ["failed"] },
  { sessionId: "session-0" },
  { sessionId: "session-1", states: ["pending", "running", "blocked"] },
  { workerId: "worker-1" },
  { workerId: "worker-4", type: "new", states: ["cancelled"] },
  { createdAfter: 19_000, type: "new" },
  { createdBefore: 1_300 },
  { createdAfter: 5_000, createdBefore: 5_100, states: ["completed", "pending"] },
  { idPrefix: "012" },
  { idPrefix: "0", states: ["running"] },
  { states: [] },
  { failureKind: "signal", states: ["failed"] },
  { tag: "fifty", states: ["failed"], type: "old" },
  { text: "title 77", workerId: "worker-0" },
];

describe(`with ${size} tasks`, () => {
  let site: SqliteSite;
  let tasks: readonly Task[];

  beforeAll(async () => {
    site = await openSqliteSite({ synchronous: "off" });
    const db = new Connection({ path: site.path });
    db.exec(fillSql);
    db.close();
    tasks = (await site.store.listTasks({ limit: size })).items.toReversed();
  });

  afterAll(() => site.close());

  it("lists each that fits once, in order, whatever the filter", async () => {
    for (const order of ["newest", "oldest", "ended"] as const) {
      for (const filter of filters) {
        const ids = await allPages({ ...filter, order, limit: 900 });

        const expected = inOrder(order, tasks.filter(fits(filter))).map(({ id }) => id);
        expect({ order, filter, ids }).toEqual({ order, filter, ids: expected });
      }
    }
  });

  it("counts as many as it lists, up to the cap", async () => {
    for (const filter of filters) {
      const { counts } = await site.store.countMatching(filter);

      const fitting = tasks.filter(fits({ ...filter, states: taskStates }));
      const count = (state: TaskState) => fitting.filter((task) => task.state === state).length;
      const expected = taskStates.map((state) => [state, Math.min(count(state), countCap)]);
      expect({ filter, counts }).toEqual({ filter, counts: Object.fromEntries(expected) });
    }
  });

  it("says when it has not looked through all, and leads on", async () => {
    const page = await site.store.listTasks({ limit: 5, text: "title 77", createdBefore: 1_100 });
    const nothing = await site.store.listTasks({ limit: 5, text: "nothing has this" });
    const all = await allPages({ limit: 5, text: "title 77" });
    const counts = await site.store.countMatching({ text: "nothing has this" });

    expect(page).not.toHaveProperty("lookedThrough");
    expect(nothing).toEqual({
      items: [],
      next: expect.any(String),
      lookedThrough: lookThroughCap,
    });
    expect(all).toHaveLength(size / 100);
    expect(counts.lookedThrough).toBe(lookThroughCap);
  });

  it("searches fewer when their payloads are large, and leads on all the same", async () => {
    const text = "x".repeat(1_000_000);
    await site.store.submit({
      tasks: numbered(40, (n) => new Stage(site).newTask({ type: "large", payload: { n, text } })),
      now: 90_000,
    });

    const page = await site.store.listTasks({ limit: 5, type: "large", text: '"n":3,' });
    const ids = await allPages({ limit: 5, type: "large", text: '"n":3,' });
    const { lookedThrough } = await site.store.countMatching({ type: "large", text: "nothing" });

    expect(page).toMatchObject({ items: [], next: expect.any(String), lookedThrough: 16 });
    expect(ids).toHaveLength(1);
    expect(lookedThrough).toBe(16);
  });

  async function allPages(params: ListTasksParams): Promise<string[]> {
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = await site.store.listTasks({ ...params, ...(after !== undefined && { after }) });
      ids.push(...page.items.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);
    return ids;
  }
});

function fits(filter: TaskFilter): (task: Task) => boolean {
  const { states = taskStates, createdAfter = 0, createdBefore = Number.MAX_VALUE } = filter;
  return (task) =>
    states.includes(task.state) &&
    (filter.type ?? task.type) === task.type &&
    (filter.queue ?? task.queue) === task.queue &&
    (filter.sessionId === undefined || filter.sessionId === task.sessionId) &&
    (filter.workerId === undefined || filter.workerId === task.workerId) &&
    task.createdAt > createdAfter &&
    task.createdAt < createdBefore &&
    task.id.startsWith(filter.idPrefix ?? "") &&
    (filter.tag === undefined || (task.tags ?? []).includes(filter.tag)) &&
    (filter.failureKind === undefined || filter.failureKind === task.failure?.kind) &&
    (filter.text === undefined || (task.title ?? "").includes(filter.text));
}

/** From tasks in order of submission. */
function inOrder(order: ListTasksParams["order"], tasks: readonly Task[]): readonly Task[] {
  if (order === "oldest") return tasks;
  const newest = tasks.toReversed();
  if (order === "newest") return newest;
  const ended = newest.filter(({ state }) => isFinal(state));
  return ended.toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0));
}
