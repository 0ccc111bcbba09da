import type { RecordedPool } from "./services-state.ts";

const told = {
  mode: "mode",
  count: "count",
  concurrency: "concurrency",
  queue: "queue",
  memoryLimit: "memory limit",
  expectedMemory: "expected memory",
  handler: "program",
} as const satisfies Partial<Record<keyof RecordedPool, string>>;

/** What is wanted now and was not when the services were started: "command: count 1 → 2". */
export function comparePools(
  before: readonly RecordedPool[],
  now: readonly RecordedPool[],
): readonly string[] {
  const find = (pools: readonly RecordedPool[], type: string) =>
    pools.find((pool) => pool.type === type);
  const gone = before.filter(({ type }) => find(now, type) === undefined);
  return [
    ...now.flatMap((pool) => {
      const known = find(before, pool.type);
      return known === undefined ? [`${pool.type}: new`] : differences(known, pool);
    }),
    ...gone.map(({ type }) => `${type}: no longer wanted`),
  ];
}

function differences(before: RecordedPool, now: RecordedPool): string[] {
  return (Object.keys(told) as (keyof typeof told)[])
    .filter((name) => before[name] !== now[name])
    .map((name) => `${now.type}: ${told[name]} ${spelled(before[name])} → ${spelled(now[name])}`);
}

function spelled(value: string | number | undefined): string {
  return value === undefined ? "none" : String(value);
}
