import type { CourseProblem } from "../course.ts";
import type { SourceDocument } from "../spec/source-document.ts";
import type { SpecDocument } from "../spec/spec-schema.ts";

export interface MissingTextsParams {
  readonly spec: SpecDocument;
  readonly languages: readonly string[];
  readonly document: SourceDocument;
  readonly file: string;
}

/** Languages that a text forgets; readers see that of another. */
export function missingTexts(params: MissingTextsParams): CourseProblem[] {
  const { spec, languages, document, file } = params;
  const texts: readonly (readonly [readonly PropertyKey[], SpecDocument["name"] | undefined])[] = [
    [["name"], spec.name],
    [["organisation"], spec.organisation],
    ...spec.sections.map(({ name }, at) => [["sections", at, "name"], name] as const),
  ];
  return texts.flatMap(([path, text]) => {
    if (text === undefined || typeof text === "string") return [];
    const given = Object.keys(text);
    const [first] = given;
    return languages
      .filter((language) => first !== undefined && !given.includes(language))
      .map((language) => ({
        ...({ severity: "warning", code: "missing_text", file } as const),
        ...document.positionOf(path),
        message: `there is no text in "${language}" here; the one in "${first}" is taken`,
      }));
  });
}
