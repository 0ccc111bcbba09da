import type { z } from "zod";
import { RequestError } from "../request-error.ts";

export type InputPlace = "params" | "query" | "headers" | "body";

const wholes: Record<InputPlace, string> = {
  params: "the address",
  query: "the query",
  headers: "the headers",
  body: "the body",
};

/**
 * @param nameOf what a field is called, where that is not its path
 * @throws ClxError `invalid_value` that names each field and what it may be
 */
export function checkInput(
  schema: z.ZodType | undefined,
  value: unknown,
  place: InputPlace,
  nameOf: (path: readonly PropertyKey[]) => string = fieldName,
): unknown {
  if (schema === undefined) return value;
  const checked = schema.safeParse(value, { error: speak });
  if (checked.success) return checked.data;
  const fields = checked.error.issues.map((issue) => ({
    field: issue.path.length === 0 ? place : nameOf(issue.path),
    message: messageOf(issue),
  }));
  const [first] = fields;
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : "";
  const subject = first?.field === place ? wholes[place] : first?.field;
  throw new RequestError("invalid_value", {
    message: `${subject} ${first?.message}${more}`,
    facts: { in: place, fields },
  });
}

const begin = "must be ";

/** Of a value that may be of several kinds, all of them. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_union") return issue.message;
  const kinds = [...new Set(issue.errors.map(([first]) => first?.message ?? ""))];
  if (!kinds.every((words) => words.startsWith(begin))) return issue.message;
  return begin + kinds.map((words) => words.slice(begin.length)).join(" or ");
}

export function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "");
}

/** Words for what zod found, as the rest of a sentence that begins with the field. */
function speak(issue: z.core.$ZodRawIssue): string | undefined {
  const { code } = issue;
  if (code === "invalid_type") {
    const wanted = `must be ${article(issue.expected)}`;
    return issue.input === undefined ? `is missing; it ${wanted}` : wanted;
  }
  if (code === "invalid_value") {
    return `must be ${issue.values.map((one) => JSON.stringify(one)).join(" or ")}`;
  }
  if (code === "unrecognized_keys") {
    const keys = issue.keys.map((key) => JSON.stringify(key)).join(", ");
    return `has keys that are not known here: ${keys}`;
  }
  if (code === "too_small") return `must be ${bound(issue.origin, "at least", issue.minimum)}`;
  if (code === "too_big") return `must be ${bound(issue.origin, "at most", issue.maximum)}`;
  if (code === "invalid_format") return `must have the form ${issue.pattern ?? issue.format}`;
  return code === "invalid_union" ? "is of none of the kinds that it may be" : undefined;
}

function bound(origin: string, side: string, limit: number | bigint): string {
  if (origin === "string") return `${side} ${limit} characters long`;
  if (origin === "array") return `a list of ${side} ${limit}`;
  return `${side} ${limit}`;
}

function article(expected: string): string {
  const names: Record<string, string> = {
    int: "a whole number",
    array: "a list",
    record: "an object",
    object: "an object",
    boolean: "true or false",
  };
  return names[expected] ?? `a ${expected}`;
}
