import { nearestName } from "../../domain/nearest-name.ts";
import type { CourseProblem } from "../course.ts";
import type { XmlElement } from "./xml-element.ts";

interface Known {
  readonly elements: readonly string[];
  readonly attributes?: readonly string[];
}

/** What an element may hold that means something here; those that are not named may hold anything. */
const vocabulary: ReadonlyMap<string, Known> = new Map<string, Known>([
  ["languages", { elements: ["language"] }],
  ["sections", { elements: ["section"] }],
  ["section", { elements: ["name", "topics"] }],
  ["topics", { elements: ["topic"] }],
  ["topic", { elements: [], attributes: ["html"] }],
  [
    "dir-group",
    {
      elements: ["name", "path", "subdirs"],
      attributes: ["include-root-files", "recursive"],
    },
  ],
  ["output-targets", { elements: ["output-target"] }],
  ["kinds", { elements: ["kind"] }],
  ["formats", { elements: ["format"] }],
  ["output-target", { elements: ["path", "kinds", "formats", "languages"], attributes: ["name"] }],
]);

/** Collected from wherever they stand. */
const anywhere = ["dir-group", "dir-groups"];

/** Below the course's own level: told, and passed over, as older courses have always been read. */
export function strangersIn(root: XmlElement, file: string): CourseProblem[] {
  return root.children.flatMap((element) => [
    ...strangersOf(element, file),
    ...strangersIn(element, file),
  ]);
}

function strangersOf(element: XmlElement, file: string): CourseProblem[] {
  const known = vocabulary.get(element.name);
  if (known === undefined) return [];
  const { elements, attributes = [] } = known;
  const place = `<${element.name}>`;
  const tell = (
    { line, column }: XmlElement,
    what: string,
    meant: string | undefined,
  ): CourseProblem => ({
    ...({ severity: "warning", code: "spec_unknown_key", file, line, column } as const),
    message: `${place} has no ${what}; it is passed over`,
    ...(meant !== undefined && { hint: `did you mean ${meant}?` }),
  });
  return [
    ...Object.keys(element.attributes)
      .filter((name) => !attributes.includes(name))
      .map((name) => tell(element, `attribute ${name}`, nearestName(name, attributes))),
    ...element.children
      .filter(({ name }) => ![...elements, ...anywhere].includes(name))
      .map((child) => tell(child, `<${child.name}>`, nearestName(child.name, elements))),
  ];
}
