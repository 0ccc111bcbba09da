import { fileURLToPath } from "node:url";
import type { LoggedEvent } from "../../src/domain/event.ts";
import type { NewTask, Task } from "../../src/domain/task.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import type { TaskStore } from "../../src/store/task-store.ts";
import { type FinalTask, findViolations } from "./checker.ts";
import { appendAcknowledged, readAcknowledged, readRecords } from "./journal.ts";
import { type Stage, until } from "./stage.ts";

/** Opens the stage's store, and closes it whatever happens. */
export async function withStore<T>(
  stage: Stage,
  use: (store: TaskStore) => Promise<T>,
): Promise<T> {
  const store = await openSqliteStore({ path: stage.dbPath });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** Submits, and notes what was acknowledged for the outside checker. */
export async function submit(stage: Stage, ...tasks: readonly NewTask[]): Promise<void> {
  await withStore(stage, (store) => store.submit({ tasks, now: Date.now() }));
  appendAcknowledged(
    stage.acknowledgedPath,
    tasks.map(({ id }) => id),
  );
}

/** Waits until every acknowledged task has ended; the checker judges how. */
export async function untilAllEnded(stage: Stage, withinMs: number): Promise<void> {
  await withStore(stage, async (store) => {
    const open = new Set(readAcknowledged(stage.acknowledgedPath));
    await until("all acknowledged tasks have ended", withinMs, async () => {
      for (const id of open) {
        const task = await store.findTask(id);
        if (task !== undefined && !isOpen(task)) open.delete(id);
      }
      return open.size === 0;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}; open: ${[...open].join(", ")}`, { cause: error });
    });
  });
}

export function isOpen({ state }: Task): boolean {
  return state === "blocked" || state === "pending" || state === "running";
}

export async function untilStarted(stage: Stage, taskId: string, times = 1): Promise<void> {
  await until(`task ${taskId} has started ${times} ×`, 20_000, () => {
    return startsOf(stage, taskId).length >= times;
  });
}

/** Pids of the runs of a task so far, in order. */
export function startsOf(stage: Stage, taskId: string): number[] {
  return readRecords(stage.journalPath).flatMap((record) =>
    record.kind === "start" && record.run.taskId === taskId ? [record.run.pid] : [],
  );
}

export async function untilEnded(stage: Stage, taskId: string, withinMs = 20_000): Promise<Task> {
  return withStore(stage, async (store) => {
    let task: Task | undefined;
    await until(`task ${taskId} has ended`, withinMs, async () => {
      task = await store.findTask(taskId);
      return task !== undefined && !isOpen(task);
    });
    if (task === undefined) throw new Error(`there is no task ${taskId}`);
    return task;
  });
}

export async function eventsOf(stage: Stage): Promise<readonly LoggedEvent[]> {
  return withStore(stage, (store) => store.listEvents({ after: 0, limit: 100_000 }));
}

/**
 * The end of every scenario: what still runs although all was stopped is left over, and what
 * the journals say must agree with what the store says.
 */
export async function expectNoViolation(
  stage: Stage,
  mayEndWithout: readonly string[] = [],
): Promise<void> {
  const survivors = await stage.survivors(5_000);
  const acknowledged = readAcknowledged(stage.acknowledgedPath);
  const violations = findViolations({
    acknowledged,
    records: readRecords(stage.journalPath),
    tasks: await readTasks(stage, acknowledged),
    mayEndWithout: new Set(mayEndWithout),
    survivors,
  });
  if (violations.length === 0) return;
  throw new Error(violations.map(({ rule, what }) => `${rule}: ${what}`).join("\n"));
}

async function readTasks(stage: Stage, ids: readonly string[]): Promise<Map<string, FinalTask>> {
  return withStore(stage, async (store) => {
    const found = await Promise.all(ids.map((id) => store.findTask(id)));
    return new Map(found.flatMap((task) => (task ? [[task.id, task] as const] : [])));
  });
}

export const fakeClock = fileURLToPath(new URL("programs/fake-clock.ts", import.meta.url));
