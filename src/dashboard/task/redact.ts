import type { JsonValue } from "../../domain/json.ts";

/** What stands in the place of a secret. */
export const redacted = "[redacted]";

const secretName =
  /pass(word|wd|phrase|code)?$|secret|token$|api[-_]?key|access[-_]?key|private[-_]?key|credential|^authorization$|^cookie$|^set-cookie$/i;
const secretInText: readonly RegExp[] = [
  /\b(authorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic|token|digest)\s+)?)[^\s"',;]+/gi,
  /\b((?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
  /(\b[a-z0-9_-]*(?:password|passwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key)(?:=["']?|["']\s*:\s*["']))[^\s"',;&]+/gi,
  /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:)[^\s@/]+(?=@)/gi,
];
const secretFlag = /^--?(?:[a-z0-9-]*-)?(?:password|passwd|secret|token|api[-_]?key)$/i;

/** A copy of a document in which secrets are not shown: known by their name, or by how they look. */
export function redact(value: JsonValue): JsonValue {
  if (typeof value === "string") return redactText(value);
  if (Array.isArray(value))
    return value.map((item, at) => (followsFlag(value, at) ? redacted : redact(item)));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      isSecret(name, item) ? redacted : redact(item),
    ]),
  );
}

export function redactText(text: string): string {
  return secretInText.reduce((sofar, pattern) => sofar.replaceAll(pattern, `$1${redacted}`), text);
}

function isSecret(name: string, value: JsonValue): boolean {
  return secretName.test(name) && value !== null && typeof value !== "boolean" && value !== "";
}

/** `["tool", "--token", "abc"]` */
function followsFlag(values: readonly JsonValue[], at: number): boolean {
  const before = values[at - 1];
  return typeof before === "string" && secretFlag.test(before);
}
