import type { z } from "zod";
import { nearestName } from "../../domain/nearest-name.ts";
import type { CourseProblem } from "../course.ts";
import type { SourceDocument } from "./source-document.ts";
import { type SpecDocument, specSchema } from "./spec-schema.ts";

export interface ValidatedSpec {
  /** Absent when it cannot be used. */
  readonly spec?: SpecDocument;
  readonly problems: readonly CourseProblem[];
}

export function validateSpec(document: SourceDocument, file: string): ValidatedSpec {
  const parsed = specSchema.safeParse(document.value);
  const doubles = doublesIn(document, file);
  if (parsed.success) {
    return { ...(doubles.length === 0 && { spec: parsed.data }), problems: doubles };
  }
  const issues = parsed.error.issues.flatMap((issue) => innermost(issue));
  const misspelt = new Set(issues.flatMap((issue) => pathsMeantBy(issue)));
  const problems = issues
    .filter(
      ({ path }) =>
        valueAt(document.value, path) !== undefined || !misspelt.has(JSON.stringify(path)),
    )
    .flatMap((issue) => problemsOf(issue, document, file));
  return { problems: [...problems, ...doubles] };
}

type Issue = z.core.$ZodIssue;

/** What is wrong within the form that was meant, where there are several. */
function innermost(issue: Issue): readonly Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const inner = issue.errors
    .flat()
    .filter(({ code, path }) => path.length > 0 || code === "unrecognized_keys")
    .map((one) => ({ ...one, path: [...issue.path, ...one.path] }) as Issue);
  return inner.length > 0 ? inner.flatMap((one) => innermost(one)) : [issue];
}

/** A key that is misspelt is not missing as well. */
function pathsMeantBy(issue: Issue): readonly string[] {
  if (issue.code !== "unrecognized_keys") return [];
  return issue.keys.flatMap((key) => {
    const meant = nearestName(key, knownKeysAt(issue.path));
    return meant === undefined ? [] : [JSON.stringify([...issue.path, meant])];
  });
}

function problemsOf(issue: Issue, document: SourceDocument, file: string): CourseProblem[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const known = knownKeysAt(path);
      const meant = nearestName(key, known);
      return {
        ...({ severity: "error", code: "spec_unknown_key", file } as const),
        ...document.positionOf([...path, key]),
        message: `${placeWords(path)} has no key "${key}"`,
        hint: meant ? `did you mean ${meant}?` : `known are ${known.join(", ")}`,
      };
    });
  }
  return [
    {
      ...({ severity: "error", code: "spec_value", file } as const),
      ...document.positionOf(path),
      message: messageOf(issue, valueAt(document.value, path)),
      ...hintOf(issue, valueAt(document.value, path)),
    },
  ];
}

function messageOf(issue: Issue, value: unknown): string {
  if (issue.path.length === 0 && value === null) return "the spec is empty";
  return `${placeWords(issue.path)}: ${wordsOf(issue, value)}`;
}

function wordsOf(issue: Issue, value: unknown): string {
  if (issue.code === "invalid_value") {
    const all = issue.values.join(", ");
    return value === undefined ? `is missing; it may be ${all}` : `must be one of ${all}`;
  }
  if (value === undefined) return "is missing";
  if (issue.code === "invalid_union") {
    return issue.path.includes("topics")
      ? "must be a topic's id, or { id: …, html: false }"
      : "must be a text, or a text for each language";
  }
  if (issue.code === "too_small") {
    return issue.origin === "number" ? `must be more than ${issue.minimum}` : "must not be empty";
  }
  if (issue.code === "too_big") return `must be at most ${issue.maximum}`;
  if (issue.code === "invalid_type")
    return `must be ${typeWords[issue.expected] ?? issue.expected}`;
  return issue.message;
}

const typeWords: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "keys with values",
};

function hintOf(issue: Issue, value: unknown): { readonly hint?: string } {
  if (issue.code !== "invalid_value" || typeof value !== "string") return {};
  const meant = nearestName(value, issue.values.map(String));
  return meant === undefined ? {} : { hint: `"${value}": did you mean ${meant}?` };
}

function knownKeysAt(path: readonly PropertyKey[]): string[] {
  const [first, , third] = path.map(String);
  if (first === "sections") return third === "topics" ? ["id", "html"] : ["name", "topics"];
  if (first === "folders") return ["name", "path", "subfolders", "root-files", "recursive"];
  if (first === "targets") return ["name", "path", "kinds", "formats", "languages"];
  return Object.keys(specSchema.shape);
}

/** `sections[1].topics[0]`; the course itself for the top. */
function placeWords(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "the course";
  return path
    .map((part, at) =>
      typeof part === "number" ? `[${part + 1}]` : `${at > 0 ? "." : ""}${String(part)}`,
    )
    .join("");
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === "object" && inner !== null
        ? (inner as Record<PropertyKey, unknown>)[part]
        : undefined,
    value,
  );
}

/** Names and places that two targets share, whatever else is wrong with them. */
function doublesIn(document: SourceDocument, file: string): CourseProblem[] {
  const given = valueAt(document.value, ["targets"]);
  const targets: readonly unknown[] = Array.isArray(given) ? given : [];
  const texts = targets.map((target) => ({
    name: valueAt(target, ["name"]),
    path: valueAt(target, ["path"]),
  }));
  return texts.flatMap(({ name, path }, at) => {
    const before = texts.slice(0, at);
    const twin =
      typeof name === "string" && before.some((other) => other.name === name)
        ? `the name "${name}"`
        : typeof path === "string" && before.some((other) => other.path === path)
          ? `the path ${path}`
          : undefined;
    if (twin === undefined) return [];
    return [
      {
        ...({ severity: "error", code: "spec_double_target", file } as const),
        ...document.positionOf(["targets", at]),
        message: `targets[${at + 1}] has ${twin}, which an earlier one has already`,
      },
    ];
  });
}
