import { TaskNotFoundError } from "../../domain/errors.ts";
import type { Task } from "../../domain/task.ts";
import type { Connection } from "./connection.ts";
import { checkpointColumn, type TaskRow, taskOf } from "./task-row.ts";

const byIdSql = `select *, ${checkpointColumn} from tasks where id = ?`;

export function findTask(db: Connection, id: string): Task | undefined {
  const row = findTaskRow(db, id);
  return row && taskOf(row);
}

export function findTaskRow(db: Connection, id: string): TaskRow | undefined {
  return db.get<TaskRow>(byIdSql, id);
}

export function getTaskRow(db: Connection, id: string): TaskRow {
  const row = findTaskRow(db, id);
  if (row === undefined) throw new TaskNotFoundError(id);
  return row;
}
