import { resolve } from "node:path";
import { Connection } from "./connection.ts";
import { inspect, refuseStrangers } from "./migrate.ts";
import { Patience } from "./patience.ts";
import { asStoreError } from "./sqlite-errors.ts";

/**
 * Rewrites the file without what is empty in it, and empties the log beside it.
 *
 * Others can read meanwhile, but not write. Where a reader keeps the log from being emptied, it
 * is emptied as far as it can be.
 */
export async function vacuumStore(params: {
  readonly path: string;
  readonly withinMs: number;
}): Promise<void> {
  const path = resolve(params.path);
  const patience = new Patience(path, params.withinMs);
  let db: Connection | undefined;
  try {
    const opened = await patience.retry(() => new Connection({ path }));
    db = opened;
    refuseStrangers(await patience.retry(() => inspect(opened)), path);
    await patience.retry(() => opened.exec("vacuum"));
    await patience.retry(() => opened.exec("pragma wal_checkpoint(truncate)"));
  } catch (error) {
    throw asStoreError(error, path);
  } finally {
    db?.close();
  }
}
