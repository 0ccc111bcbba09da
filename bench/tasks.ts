import { newId } from "../src/domain/ids.ts";
import type { JsonValue } from "../src/domain/json.ts";
import { defaultRetry, type NewTask } from "../src/domain/task.ts";
import type { TaskStore } from "../src/store/task-store.ts";

/** 100 bytes of JSON, as the field's protocol has it. */
export const smallPayload: JsonValue = { body: "x".repeat(89) };

export function noopTask(more: Partial<NewTask> = {}): NewTask {
  return {
    id: newId(Date.now()),
    type: "bench",
    queue: "default",
    payload: smallPayload,
    priority: 0,
    retry: defaultRetry,
    after: [],
    onDependencyFailure: "skip",
    ...more,
  };
}

/** Queues so many tasks in bulk; returns their ids. */
export async function fillQueue(store: TaskStore, count: number): Promise<Set<string>> {
  const ids = new Set<string>();
  while (ids.size < count) {
    const tasks = Array.from({ length: Math.min(1_000, count - ids.size) }, () => noopTask());
    await store.submit({ tasks, now: Date.now() });
    for (const { id } of tasks) ids.add(id);
  }
  return ids;
}

/** Claims and completes so many tasks in bulk. */
export async function endTasks(store: TaskStore, workerId: string, count: number): Promise<void> {
  for (let left = count; left > 0; ) {
    const limit = Math.min(1_000, left);
    const { tasks } = await store.claim({ workerId, limit, now: Date.now() });
    if (tasks.length === 0) throw new Error(`${left} tasks are missing`);
    const outcome = { kind: "completed" as const };
    const settlements = tasks.map(({ id, attempt }) => ({ taskId: id, attempt, outcome }));
    await store.settle({ workerId, settlements, limit: 0, now: Date.now(), jitter: 0 });
    left -= tasks.length;
  }
}

export async function countIn(store: TaskStore, ...states: readonly string[]): Promise<number> {
  const rows = await store.countTasks({});
  return rows.reduce((sum, { state, count }) => sum + (states.includes(state) ? count : 0), 0);
}
