import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoreSite } from "../../src/store/conformance/stage.ts";
import {
  type OpenSqliteStoreParams,
  openSqliteStore,
} from "../../src/store/sqlite/open-sqlite-store.ts";
import type { TaskStore } from "../../src/store/task-store.ts";

export interface SqliteSite extends StoreSite {
  readonly folder: string;
  readonly path: string;
}

/** A SQLite file in a folder of its own, which `close` removes. */
export async function openSqliteSite(
  options: Omit<OpenSqliteStoreParams, "path"> = {},
): Promise<SqliteSite> {
  const folder = mkdtempSync(join(tmpdir(), "clx-store-"));
  const path = join(folder, "clx_jobs.db");
  const opened: TaskStore[] = [];
  const open = async () => {
    const store = await openSqliteStore({ path, ...options });
    opened.push(store);
    return store;
  };
  return {
    folder,
    path,
    store: await open(),
    openAnother: open,
    async close() {
      for (const store of opened) await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
