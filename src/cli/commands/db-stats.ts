import { size } from "../../domain/size-words.ts";
import { type TaskState, taskStates } from "../../domain/task-state.ts";
import type { TaskCount, TaskStore } from "../../store/task-store.ts";
import { defineCommand } from "../command.ts";
import { printTable } from "../present/table.ts";
import { age } from "../present/time.ts";
import { wrap } from "../present/wrap.ts";
import type { Terminal } from "../terminal.ts";

export const dbStats = defineCommand({
  name: "db stats",
  usage: "db stats",
  summary: "show how large the database is, what is in it, and what is empty",
  examples: [
    { wish: "what takes the space", line: "clx db stats" },
    { wish: "the size in bytes", line: "clx db stats --json | jq .bytes" },
  ],
  options: {},
  async run(context) {
    const { terminal, database, clock } = context;
    const store = await context.openStore("read");
    const stats = await readStats(store, database.path);
    if (terminal.json) terminal.printJson(statsJson(stats));
    else printStats(terminal, stats, clock());
    return 0;
  },
});

async function readStats(store: TaskStore, path: string) {
  const { examineStore } = await import("../../store/sqlite/examine.ts");
  const { readStatistics } = await import("../../store/sqlite/statistics.ts");
  const { sizeOf } = await import("../../diagnosis/file-facts.ts");
  const withinMs = 10_000;
  const file = await examineStore({ path, withinMs, integrity: false });
  const content = await readStatistics({ path, withinMs });
  const tasks = await store.countTasks({});
  return { path, file, content, tasks, walBytes: sizeOf(`${path}-wal`) };
}

type Stats = Awaited<ReturnType<typeof readStats>>;

function bytesOf({ pages, pageSize }: Stats["file"]): number {
  return pages * pageSize;
}

function tasksByState(tasks: readonly TaskCount[]): readonly (readonly [TaskState, number])[] {
  return taskStates.map((wanted) => [
    wanted,
    tasks.reduce((sum, { state, count }) => sum + (state === wanted ? count : 0), 0),
  ]);
}

function statsJson({ path, file, content, tasks, walBytes }: Stats) {
  return {
    path,
    bytes: bytesOf(file),
    wal_bytes: walBytes,
    free_bytes: file.freePages * file.pageSize,
    journal_mode: file.journalMode,
    version: file.version,
    tasks: Object.fromEntries(tasksByState(tasks)),
    oldest_task_at: iso(content.oldestTaskAt),
    oldest_event_at: iso(content.oldestEventAt),
    tables: content.tables.map(({ name, rows, bytes }) => ({ name, rows, bytes })),
  };
}

function iso(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}

function printStats(terminal: Terminal, stats: Stats, now: number): void {
  const { path, file, content, tasks, walBytes } = stats;
  const free = file.freePages * file.pageSize;
  const print = (text: string) => {
    for (const line of wrap(text, { width: terminal.columns, rest: "  " })) terminal.print(line);
  };
  print(path);
  print(
    `${size(bytesOf(file))}, of which ${size(free)} empty; log beside it ${size(walBytes)}; journal mode ${file.journalMode}; version ${file.version}`,
  );
  const states = tasksByState(tasks)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  print(`tasks: ${states.join(", ") || "none"}`);
  const { oldestTaskAt, oldestEventAt } = content;
  if (oldestTaskAt !== undefined) terminal.print(`oldest task: ${age(oldestTaskAt, now)} ago`);
  if (oldestEventAt !== undefined) terminal.print(`oldest event: ${age(oldestEventAt, now)} ago`);
  terminal.print("");
  printTable(
    terminal,
    [
      { header: "TABLE", value: ({ name }) => name },
      { header: "ROWS", value: ({ rows }) => String(rows), align: "right" },
      { header: "SIZE", value: ({ bytes }) => size(bytes), align: "right" },
    ],
    content.tables,
  );
}
