import { ClxError } from "../../domain/errors.ts";
import type { Task } from "../../domain/task.ts";
import { type ListTasksParams, lookThroughCap, type Page } from "../task-store.ts";
import type { Connection } from "./connection.ts";
import { findPlaces, inOrder, type Place, type TaskOrder } from "./find-places.ts";
import { lookThrough } from "./look-through.ts";
import { rowConditions } from "./task-filter.ts";
import { checkpointColumn, type TaskRow, taskOf } from "./task-row.ts";

export function listTasks(db: Connection, params: ListTasksParams): Page<Task> {
  const { order = "newest", limit, after, ...filter } = params;
  const wanted = { filter, order, after: after === undefined ? after : placeOf(after, order) };
  const conditions = rowConditions(filter);
  if (conditions.length === 0) {
    const places = findPlaces(db, { ...wanted, limit: limit + 1 });
    return pageOf(db, { places, limit, order });
  }
  const candidates = findPlaces(db, { ...wanted, limit: lookThroughCap + 1 });
  const places = lookThrough(db, {
    candidates: candidates.slice(0, lookThroughCap),
    conditions,
    limit: limit + 1,
  });
  const page = pageOf(db, { places, limit, order });
  const last = candidates[lookThroughCap - 1];
  return page.next !== undefined || last === undefined || candidates.length <= lookThroughCap
    ? page
    : { ...page, next: nextAfter(last, order), lookedThrough: lookThroughCap };
}

interface Found {
  /** One more than the limit when there is another page. */
  readonly places: readonly Place[];
  readonly limit: number;
  readonly order: TaskOrder;
}

function pageOf(db: Connection, { places, limit, order }: Found): Page<Task> {
  const shown = places.slice(0, limit);
  const last = shown.at(-1);
  const seqs = JSON.stringify(shown.map(({ seq }) => seq));
  const items = db.allNamed<TaskRow>(rowsSql[order], { seqs }).map(taskOf);
  return places.length > limit && last !== undefined
    ? { items, next: nextAfter(last, order) }
    : { items };
}

const rowsSql = {
  newest: rowsInOrder("newest"),
  oldest: rowsInOrder("oldest"),
  ended: rowsInOrder("ended"),
};

function rowsInOrder(order: TaskOrder): string {
  return `
    select   *, ${checkpointColumn}
    from     tasks
    where    seq in (select value from json_each(:seqs))
    order by ${inOrder[order]}`;
}

function nextAfter({ seq, ended_at }: Place, order: TaskOrder): string {
  return order === "ended" ? `${ended_at}.${seq}` : String(seq);
}

function placeOf(next: string, order: TaskOrder): Place {
  const [, ended, seq] = /^(?:(\d{1,15})\.)?(\d{1,15})$/.exec(next) ?? [];
  if (seq === undefined || (ended === undefined) === (order === "ended")) {
    throw new ClxError("invalid_value", `"${next}" is no page of tasks; pass on a page's "next"`);
  }
  return { seq: Number(seq), ended_at: ended === undefined ? null : Number(ended) };
}
