import { nearestName } from "../../domain/nearest-name.ts";
import type { CourseProblem } from "../course.ts";
import type { SourceDocument } from "../spec/source-document.ts";

export interface NamedTopic {
  readonly id: string;
  readonly path: readonly PropertyKey[];
}

/** The topics that a spec names, as far as it can be read: it may have mistakes elsewhere. */
export function namedTopics({ value }: SourceDocument): readonly NamedTopic[] {
  return listIn(value, "sections").flatMap((section, at) =>
    listIn(section, "topics").flatMap((topic, index) => {
      const id = typeof topic === "string" ? topic : keyOf(topic, "id");
      const path = ["sections", at, "topics", index, "id"];
      return typeof id === "string" && id !== "" ? [{ id, path }] : [];
    }),
  );
}

function listIn(value: unknown, key: string): readonly unknown[] {
  const list = keyOf(value, key);
  return Array.isArray(list) ? list : [];
}

function keyOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

export interface UnknownTopicsParams {
  readonly document: SourceDocument;
  readonly named: readonly NamedTopic[];
  readonly known: readonly string[];
  readonly file: string;
}

/** Those that are nowhere below `slides/`. */
export function unknownTopics(params: UnknownTopicsParams): CourseProblem[] {
  const { document, named, known, file } = params;
  return named
    .filter(({ id }) => !known.includes(id))
    .map(({ id, path }) => {
      const meant = nearestName(id, known);
      return {
        ...({ severity: "error", code: "topic_not_found", file } as const),
        ...document.positionOf(path),
        message: `there is no topic "${id}" below slides/`,
        hint: meant
          ? `did you mean ${meant}?`
          : "a topic is a folder or a file such as slides/module_100_x/topic_110_id",
      };
    });
}
