import { openSqliteStore } from "../../../src/store/sqlite/open-sqlite-store.ts";

/** Opens a store, appends one event, and closes it. */
const [path = "", journalMode = "wal"] = process.argv.slice(2);
const store = await openSqliteStore({ path, journalMode: journalMode as "wal" | "delete" });
await store.appendEvents({ events: [{ type: "pool_started", at: 1 }] });
await store.close();
console.log("ok");
