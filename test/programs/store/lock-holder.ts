import { DatabaseSync } from "node:sqlite";

/** Takes a lock as a stranger would, says so, and lets go when its standard input ends. */
const [path = "", lock = "immediate"] = process.argv.slice(2);
const db = new DatabaseSync(path, { timeout: 5_000 });
db.exec(`begin ${lock}`);
console.log("locked");
process.stdin.resume();
process.stdin.on("end", () => {
  db.exec("commit");
  db.close();
});
