import { resolve } from "node:path";
import { Connection } from "./connection.ts";
import { inspect, refuseStrangers } from "./migrate.ts";
import { Patience } from "./patience.ts";
import { asStoreError } from "./sqlite-errors.ts";

export interface StoreStatistics {
  /** The largest first. */
  readonly tables: readonly TableStatistics[];
  readonly oldestTaskAt?: number;
  readonly oldestEventAt?: number;
}

export interface TableStatistics {
  readonly name: string;
  readonly rows: number;
  /** With its indexes. */
  readonly bytes: number;
}

const sizesSql = `
  select   coalesce(sqlite_schema.tbl_name, dbstat.name) as name, sum(pgsize) as bytes
  from     dbstat
  left     join sqlite_schema on sqlite_schema.name = dbstat.name
  where    aggregate = true
  group by 1
  order by 2 desc`;

/** Reads every page of the file once. */
export async function readStatistics(params: {
  readonly path: string;
  readonly withinMs: number;
}): Promise<StoreStatistics> {
  const path = resolve(params.path);
  const patience = new Patience(path, params.withinMs);
  let db: Connection | undefined;
  try {
    const opened = await patience.retry(() => new Connection({ path, readOnly: true }));
    db = opened;
    refuseStrangers(await patience.retry(() => inspect(opened)), path);
    return await patience.retry(() => opened.snapshot(() => statisticsOf(opened)));
  } catch (error) {
    throw asStoreError(error, path);
  } finally {
    db?.close();
  }
}

function statisticsOf(db: Connection): StoreStatistics {
  const sizes = db.all<{ name: string; bytes: number }>(sizesSql);
  const ours = sizes.filter(({ name }) => !name.startsWith("sqlite_"));
  const oldestTaskAt = oldest(db, "select created_at as at from tasks order by seq limit 1");
  const oldestEventAt = oldest(
    db,
    "select created_at as at from worker_events order by id limit 1",
  );
  return {
    tables: ours.map(({ name, bytes }) => ({ name, bytes, rows: rowsOf(db, name) })),
    ...(oldestTaskAt !== undefined && { oldestTaskAt }),
    ...(oldestEventAt !== undefined && { oldestEventAt }),
  };
}

function rowsOf(db: Connection, table: string): number {
  return db.get<{ count: number }>(`select count(*) as count from "${table}"`)?.count ?? 0;
}

function oldest(db: Connection, sql: string): number | undefined {
  return db.get<{ at: number }>(sql)?.at;
}
