import type { Topic } from "../task-store.ts";
import { bellName } from "./bell.ts";
import type { Connection } from "./connection.ts";

/** Reads one place of the index, where `limit 1` would count as a scan. */
const anySql = "select min(task_id) as first from task_dependencies";

/** What an operation that writes is given: the connection, and whom to tell after the commit. */
export class Transaction {
  readonly db: Connection;
  /** Names of bells. */
  readonly rings = new Set<string>();
  readonly removedBells: string[] = [];
  /** Ids of tasks that are no more. */
  readonly removedTasks = new Set<string>();
  #hasDependencies: boolean | undefined;

  constructor(db: Connection) {
    this.db = db;
  }

  /** What was known before may have been changed by others. */
  begin(): void {
    this.db.run("begin immediate");
    this.#hasDependencies = undefined;
  }

  /** Whether any task waits, or has waited, for another one: in most stores none does. */
  get hasDependencies(): boolean {
    this.#hasDependencies ??=
      typeof this.db.get<{ first: string | null }>(anySql)?.first === "string";
    return this.#hasDependencies;
  }

  dependencyAdded(): void {
    this.#hasDependencies = true;
  }

  ring(topic: Topic): void {
    this.rings.add(bellName(topic));
  }

  /** Notes that something has changed that a reader could see. */
  changed(): void {
    this.rings.add("changes");
  }

  removeBell(topic: Topic): void {
    this.removedBells.push(bellName(topic));
  }
}
