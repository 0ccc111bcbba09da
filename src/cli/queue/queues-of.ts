import type { TaskCount } from "../../store/task-store.ts";

export interface QueueRow {
  readonly type: string;
  readonly queue: string;
  readonly blocked: number;
  readonly pending: number;
  readonly running: number;
  /** When the oldest of its open tasks was submitted. */
  readonly oldest: number;
}

/** Open tasks by queue and type, in order of their names. */
export function queuesOf(counts: readonly TaskCount[]): QueueRow[] {
  const rows = new Map<string, QueueRow>();
  for (const { type, queue, state, count, oldest } of counts) {
    const name = JSON.stringify([queue, type]);
    const none = { type, queue, blocked: 0, pending: 0, running: 0, oldest };
    const row = rows.get(name) ?? none;
    rows.set(name, { ...row, [state]: count, oldest: Math.min(row.oldest, oldest) });
  }
  return [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
