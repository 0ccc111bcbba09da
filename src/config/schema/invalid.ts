import { ClxError } from "../../domain/errors.ts";

/** `what` is 3, but must be … */
export function invalid(what: string, value: unknown, must: string): ClxError {
  return new ClxError("invalid_value", `${what} is ${spelled(value)}, but ${must}`);
}

const shown = 60;

function spelled(value: unknown): string {
  if (value instanceof Date) return `the date ${value.toISOString()}`;
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a table";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > shown ? `${text.slice(0, shown)}…` : text;
}
