import type { NamedValues } from "./connection.ts";

/** A condition, and the values that it names. */
export interface Condition {
  readonly sql: string;
  readonly values?: NamedValues;
}

export function whereOf(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? "" : `where ${conditions.map(({ sql }) => sql).join(" and ")}`;
}

export function valuesOf(conditions: readonly Condition[]): NamedValues {
  return Object.assign({}, ...conditions.map(({ values }) => values));
}
