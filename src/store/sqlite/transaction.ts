import type { Topic } from "../task-store.ts";
import { bellName } from "./bell.ts";
import type { Connection } from "./connection.ts";

/** What an operation that writes is given: the connection, and whom to tell after the commit. */
export class Transaction {
  readonly db: Connection;
  /** Names of bells. */
  readonly rings = new Set<string>();
  readonly removedBells: string[] = [];
  /** Ids of tasks that are no more. */
  readonly removedTasks = new Set<string>();

  constructor(db: Connection) {
    this.db = db;
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
