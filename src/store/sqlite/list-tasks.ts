import { ClxError } from "../../domain/errors.ts";
import type { Task } from "../../domain/task.ts";
import type { ListTasksParams, Page } from "../task-store.ts";
import type { Connection } from "./connection.ts";
import { inOrder, type Place, type TaskOrder } from "./find-places.ts";
import { lookThrough } from "./look-through.ts";
import { splitFilter } from "./split-filter.ts";
import { stridesOf } from "./strides.ts";
import { checkpointColumn, type TaskRow, taskOf } from "./task-row.ts";

export function listTasks(db: Connection, params: ListTasksParams): Page<Task> {
  const { order = "newest", limit, after, ...asked } = params;
  const { filter, conditions } = splitFilter(db, asked);
  const wanted = { filter, order, after: after === undefined ? after : placeOf(after, order) };
  const enough = limit + 1;
  if (conditions.length === 0) {
    const places = [...stridesOf(db, { ...wanted, limit: enough })].flat();
    return pageOf(db, { places, limit, order });
  }
  const { found, cut } = lookThrough(db, { ...wanted, conditions, enough });
  const page = pageOf(db, { places: found, limit, order });
  return page.next === undefined && cut !== undefined
    ? { ...page, next: nextAfter(cut.last, order), lookedThrough: cut.looked }
    : page;
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
