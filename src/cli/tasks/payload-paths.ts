import { resolve } from "node:path";
import type { JsonValue } from "../../domain/json.ts";

/** Where payloads of our types hold paths: `outputs.path` is that of each output. */
const pathFields: Readonly<Record<string, readonly string[]>> = {
  notebook: [
    "source",
    "executionCache",
    "outputs.path",
    "pictures.path",
    "workingFiles.path",
    "branding.logo",
  ],
  plantuml: ["source", "output"],
  drawio: ["source", "output"],
};

/** Relative paths start at the folder of whoever submits: a worker may run anywhere. */
export function withAbsolutePaths(
  { type, payload }: { readonly type: string; readonly payload: JsonValue },
  cwd: string,
): JsonValue {
  const fields = Object.hasOwn(pathFields, type) ? (pathFields[type] ?? []) : [];
  return fields.reduce((value, field) => resolveIn(value, field.split("."), cwd), payload);
}

function resolveIn(value: JsonValue, [step, ...rest]: readonly string[], cwd: string): JsonValue {
  if (step === undefined) {
    return typeof value === "string" && value !== "" ? resolve(cwd, value) : value;
  }
  if (Array.isArray(value)) return value.map((one) => resolveIn(one, [step, ...rest], cwd));
  if (typeof value !== "object" || value === null) return value;
  const fields = value as { readonly [key: string]: JsonValue };
  const inner = Object.hasOwn(fields, step) ? fields[step] : undefined;
  return inner === undefined ? value : { ...fields, [step]: resolveIn(inner, rest, cwd) };
}
