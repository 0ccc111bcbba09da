import { SaxesParser } from "saxes";
import { nearest, type ReadSource } from "./read-yaml.ts";
import type { Position } from "./source-document.ts";
import type { XmlElement } from "./xml-element.ts";
import { strangersIn } from "./xml-strangers.ts";

/**
 * Reads the XML of older courses as what the same course says in YAML. Elements that never had
 * an effect (`description`, `certificate`) and those of other commands (`github`) are passed over.
 */
export function readXml(text: string, file: string): ReadSource {
  const parsed = parse(text);
  if (parsed.kind === "unreadable") {
    const { at, message, hint } = parsed;
    const problem = { severity: "error", code: "spec_syntax", file, ...at, message } as const;
    return { kind: "unreadable", problems: [{ ...problem, ...(hint && { hint }) }] };
  }
  const places = new Map<string, Position>();
  const value = courseOf(parsed.root, (path, { line, column }) => {
    places.set(JSON.stringify(path), { line, column });
  });
  return {
    kind: "read",
    document: { value, positionOf: (path) => nearest(places, path) },
    problems: strangersIn(parsed.root, file),
  };
}

type Parsed =
  | { readonly kind: "parsed"; readonly root: XmlElement }
  | ({ readonly kind: "unreadable"; readonly at: Position } & Fault);

interface Fault {
  readonly message: string;
  readonly hint?: string;
}

function parse(text: string): Parsed {
  const parser = new SaxesParser({ xmlns: false, position: true });
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let start: Position = { line: 1, column: 1 };
  let fault: Parsed | undefined;
  parser.on("opentagstart", ({ name }) => {
    start = { line: parser.line, column: Math.max(1, parser.column - name.length - 1) };
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element = { name, attributes, children: [], text: "", firstText: "", ...start };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const addText = (piece: string) => {
    const element = open.at(-1);
    if (element === undefined) return;
    element.text += piece;
    if (element.children.length === 0) element.firstText += piece;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  let closed: XmlElement | undefined;
  parser.on("closetag", () => {
    closed = open.pop();
  });
  parser.on("error", (error) => {
    const message = error.message.replace(/^\d+:\d+:\s*/, "");
    const unclosed = message.startsWith("unclosed tag") ? open.at(-1) : undefined;
    fault ??= {
      kind: "unreadable",
      at: unclosed ?? { line: parser.line, column: Math.max(1, parser.column) },
      ...(unclosed === undefined
        ? faultWords(message, closed)
        : { message: `the <${unclosed.name}> that begins here is never closed` }),
    };
  });
  parser.write(text).close();
  if (fault !== undefined) return fault;
  if (root !== undefined) return { kind: "parsed", root };
  return { kind: "unreadable", at: { line: 1, column: 1 }, message: "the file has no element" };
}

/** It is told after the element that it closes by force. */
function faultWords(message: string, closed: XmlElement | undefined): Fault {
  if (message === "undefined entity.") {
    return { message: "XML does not know this entity", hint: "write the character itself" };
  }
  if (message !== "unexpected close tag." || closed === undefined) return { message };
  const { name, line } = closed;
  return { message: `</${name}> must come first: the <${name}> of line ${line} is still open` };
}

type Path = readonly (string | number)[];
type Note = (path: Path, element: XmlElement) => void;

function courseOf(root: XmlElement, note: Note): Record<string, unknown> {
  note([], root);
  const [name, organisation, languages, timeout] = [
    ...["name", "organisation", "languages", "cell-timeout"],
  ].map((wanted) => root.children.find((child) => child.name === wanted));
  if (timeout) note(["cell-timeout"], timeout);
  return {
    ...plainTextsOf(root, note),
    ...(name && { name: textsOf(name, ["name"], note) }),
    ...(organisation && { organisation: textsOf(organisation, ["organisation"], note) }),
    ...(languages && { languages: listOf(languages, ["languages"], note) }),
    ...(timeout && { "cell-timeout": numberOf(timeout) }),
    sections: sectionsOf(root, note),
    ...foldersOf(root, note),
    ...targetsOf(root, note),
  };
}

/** Those that are one text, and those that nobody knows: of an element given twice, the first. */
function plainTextsOf(root: XmlElement, note: Note): Readonly<Record<string, string>> {
  const others = [...structured, ...passedOver];
  const plain = root.children.filter(({ name }) => !others.includes(name)).toReversed();
  for (const child of plain) note([child.name], child);
  return Object.fromEntries(plain.map((child) => [child.name, child.text.trim()]));
}

const structured = [
  ...["name", "organisation", "languages", "cell-timeout", "sections", "output-targets"],
];

/** `dir-group` is collected from wherever it stands. */
const passedOver = ["description", "certificate", "github", "dir-group", "dir-groups"];

/** Of each language; one for all where it names none. */
function textsOf(
  element: XmlElement,
  path: Path,
  note: Note,
): string | Readonly<Record<string, string>> {
  note(path, element);
  const alone = element.text.trim();
  if (element.children.length === 0 && alone !== "") return alone;
  for (const child of element.children) note([...path, child.name], child);
  return Object.fromEntries(element.children.map((child) => [child.name, child.text.trim()]));
}

/** `<kinds>` holds `<kind>`s. */
function listOf(element: XmlElement, path: Path, note: Note): readonly string[] {
  note(path, element);
  const items = inAll(element, element.name.slice(0, -1));
  for (const [at, item] of items.entries()) note([...path, at], item);
  return items.map(({ text }) => text.trim());
}

/** What is no number stays as it is, to be told. */
function numberOf({ text }: XmlElement): number | string {
  const word = text.trim();
  const number = Number(word);
  return word === "" || Number.isNaN(number) ? word : number;
}

function sectionsOf(root: XmlElement, note: Note): unknown[] {
  const all = inAll(root, "sections").flatMap((sections) => sections.children);
  return all
    .filter((section) => section.children.some(({ name }) => name === "topics"))
    .map((section, at) => {
      const path = ["sections", at];
      note(path, section);
      const name = section.children.find((child) => child.name === "name");
      const topics = section.children.filter((child) => child.name === "topics");
      return {
        ...(name && { name: textsOf(name, [...path, "name"], note) }),
        topics: topics
          .flatMap(({ children }) => children.filter((child) => child.name === "topic"))
          .map((topic, index) => {
            note([...path, "topics", index], topic);
            const id = topic.firstText.trim();
            return topic.attributes.html ? { id, html: false } : id;
          }),
      };
    });
}

function foldersOf(root: XmlElement, note: Note): { readonly folders?: unknown[] } {
  const groups = everywhere(root, "dir-group");
  if (groups.length === 0) return {};
  return {
    folders: groups.map((group, at) => {
      note(["folders", at], group);
      const textOf = (name: string) =>
        group.children.find((child) => child.name === name)?.text.trim();
      const subfolders = inAll(group, "subdirs").flatMap(({ children }) => children);
      return {
        name: textOf("name") ?? "",
        path: textOf("path") ?? "",
        ...(subfolders.length > 0 && { subfolders: subfolders.map(({ text }) => text.trim()) }),
        ...(group.attributes["include-root-files"] === "true" && { "root-files": true }),
        ...(group.attributes.recursive === "false" && { recursive: false }),
      };
    }),
  };
}

function targetsOf(root: XmlElement, note: Note): { readonly targets?: unknown[] } {
  const targets = inAll(root, "output-targets").flatMap(({ children }) => children);
  if (targets.length === 0) return {};
  return {
    targets: targets.map((target, at) => {
      const path = ["targets", at];
      note(path, target);
      const listIn = (plural: string) => {
        const list = target.children.find((child) => child.name === plural);
        return list && listOf(list, [...path, plural], note);
      };
      const place = target.children.find((child) => child.name === "path")?.text.trim();
      const lists = {
        kinds: listIn("kinds"),
        formats: listIn("formats"),
        languages: listIn("languages"),
      };
      return {
        name: target.attributes.name ?? "default",
        ...(place !== undefined && { path: place }),
        ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list !== undefined)),
      };
    }),
  };
}

function inAll(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

function everywhere(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...everywhere(child, name),
  ]);
}
