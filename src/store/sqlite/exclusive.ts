import { ClxError } from "../../domain/errors.ts";
import type { JsonValue } from "../../domain/json.ts";
import { openTaskStates, type TaskState } from "../../domain/task-state.ts";
import { sourcesOf } from "./task-sources.ts";
import type { Transaction } from "./transaction.ts";

interface Candidate {
  readonly id: string;
  readonly type: string;
  readonly payload: JsonValue;
}

interface Found {
  readonly id: string;
  readonly state: TaskState;
}

/** @throws ClxError `conflict` while another open task of its type has the same parts of its payload */
export function refuseSameParts(
  tx: Transaction,
  { id, type, payload }: Candidate,
  parts: readonly string[],
): void {
  const values = parts.map((part) => textAt(payload, part));
  if (values.length === 0 || values.includes(undefined)) return;
  const sameSql = parts.map(() => "and json_extract(payload, ?) = ?").join(" ");
  const same = parts.flatMap((part, at) => [`$.${part}`, values[at] ?? ""]);
  for (const { index, condition } of openSources()) {
    const other = tx.db.get<Found>(
      `select id, state from tasks indexed by ${index}
       where ${condition} and type = ? and id <> ? ${sameSql} limit 1`,
      ...[type, id, ...same],
    );
    if (other !== undefined) throw sameParts(id, other, parts);
  }
}

function openSources() {
  return openTaskStates.flatMap((state) => sourcesOf(state, { inSession: false }));
}

function textAt(payload: JsonValue, part: string): string | undefined {
  let at: unknown = payload;
  for (const name of part.split("."))
    at = (at as Record<string, unknown> | null | undefined)?.[name];
  return typeof at === "string" ? at : undefined;
}

function sameParts(taskId: string, { id, state }: Found, parts: readonly string[]): ClxError {
  return new ClxError(
    "conflict",
    `task ${taskId} cannot be open beside task ${id}, which is ${state} and has the same ${parts.join(" and ")}; wait for its end, or cancel it first`,
  );
}
