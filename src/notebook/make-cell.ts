import type { JsonValue } from "../domain/json.ts";
import type { Cell, SlideType } from "./notebook.ts";

const slideTypes: readonly SlideType[] = ["slide", "subslide", "notes"];

/** Takes what we know apart from what is only kept: language, tags and slide type. */
export function makeCell(params: {
  readonly kind: Cell["kind"];
  readonly source: string;
  readonly id: string;
  readonly line: number;
  readonly metadata: { readonly [key: string]: JsonValue };
}): Cell {
  const { lang, tags: given, ...metadata } = params.metadata;
  const tags = Array.isArray(given) ? given.map(String) : [];
  const slide = slideTypes.find((type) => tags.includes(type));
  return {
    ...params,
    metadata,
    tags,
    ...(typeof lang === "string" && lang !== "" && { lang }),
    ...(slide !== undefined && { slide }),
  };
}
