import type { JsonValue } from "../../domain/json.ts";
import { type PayloadSchema, type SchemaIssue, TaskError } from "../handler.ts";

/** @throws TaskError `invalid_payload` that names every place and what is wrong there */
export async function checkPayload<Payload>(
  schema: PayloadSchema<Payload> | undefined,
  payload: JsonValue,
): Promise<Payload> {
  if (schema === undefined) return payload as Payload;
  const checked = await schema["~standard"].validate(payload);
  if (checked.issues === undefined) return checked.value;
  throw new TaskError("invalid_payload", checked.issues.map(describeIssue).join("; "));
}

function describeIssue({ path = [], message }: SchemaIssue): string {
  const place = path
    .map((step) => String(typeof step === "object" ? step.key : step))
    .map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`))
    .join("");
  return `payload${place}: ${message}`;
}
