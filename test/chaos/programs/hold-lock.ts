import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";

export interface HoldOrder {
  readonly dbPath: string;
  readonly ms: number;
}

/** A stranger who keeps the store locked for a while. */
const { dbPath, ms } = JSON.parse(process.argv[2] ?? "{}") as HoldOrder;
const db = new DatabaseSync(dbPath, { timeout: 60_000 });
db.exec("begin immediate");
console.log("locked");
await pause(ms);
db.exec("commit");
db.close();
