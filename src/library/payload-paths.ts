import { resolve } from "node:path";
import type { JsonValue } from "../domain/json.ts";

/** Where payloads of our types hold paths: `outputs.path` is that of each output. */
const pathFields: Readonly<Record<string, readonly string[]>> = {
  notebook: [
    "source",
    "executionCache",
    "outputs.path",
    "pictures.path",
    "workingFiles.path",
    "siblings.path",
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
  return fieldsOf(type).reduce((value, field) => resolveIn(value, field.split("."), cwd), payload);
}

/** The paths that a payload of ours names. */
export function pathsIn({
  type,
  payload,
}: {
  readonly type: string;
  readonly payload: JsonValue;
}): readonly string[] {
  return fieldsOf(type).flatMap((field) => textsAt(payload, field.split(".")));
}

function fieldsOf(type: string): readonly string[] {
  return (Object.hasOwn(pathFields, type) ? pathFields[type] : undefined) ?? [];
}

function textsAt(
  value: JsonValue | undefined,
  [step, ...rest]: readonly string[],
): readonly string[] {
  if (step === undefined) return typeof value === "string" ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((one: JsonValue) => textsAt(one, [step, ...rest]));
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return [];
  return textsAt((value as { readonly [key: string]: JsonValue })[step], rest);
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
