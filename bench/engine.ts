import { join } from "node:path";
import { openSqliteStore } from "../src/store/sqlite/open-sqlite-store.ts";
import type { TaskStore } from "../src/store/task-store.ts";
import { type BenchOptions, synchronousOf } from "./options.ts";

export function databaseIn(folder: string): string {
  return join(folder, "bench.db");
}

export function openStore(folder: string, options: BenchOptions): Promise<TaskStore> {
  const synchronous = synchronousOf[options.class];
  return openSqliteStore({ path: databaseIn(folder), synchronous });
}
