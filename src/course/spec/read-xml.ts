import { SaxesParser } from "saxes";
import { nearest, type ReadSource } from "./read-yaml.ts";
import type { Position } from "./source-document.ts";

interface Element extends Position {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  /** All of it, and what stands before the first child. */
  text: string;
  firstText: string;
}

/**
 * Reads the XML of older courses as what the same course says in YAML. Elements that never had
 * an effect (`description`, `certificate`) and those of other commands (`github`) are passed over.
 */
export function readXml(text: string, file: string): ReadSource {
  const parsed = parse(text);
  if (parsed.kind === "unreadable") {
    const { at, message } = parsed;
    return {
      kind: "unreadable",
      problems: [{ severity: "error", code: "spec_syntax", file, ...at, message }],
    };
  }
  const places = new Map<string, Position>();
  const value = courseOf(parsed.root, (path, { line, column }) => {
    places.set(JSON.stringify(path), { line, column });
  });
  return { kind: "read", document: { value, positionOf: (path) => nearest(places, path) } };
}

type Parsed =
  | { readonly kind: "parsed"; readonly root: Element }
  | { readonly kind: "unreadable"; readonly at: Position; readonly message: string };

function parse(text: string): Parsed {
  const parser = new SaxesParser({ xmlns: false, position: true });
  const open: Element[] = [];
  let root: Element | undefined;
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
  let closed: Element | undefined;
  parser.on("closetag", () => {
    closed = open.pop();
  });
  parser.on("error", (error) => {
    fault ??= {
      kind: "unreadable",
      at: { line: parser.line, column: Math.max(1, parser.column) },
      message: faultWords(error.message.replace(/^\d+:\d+:\s*/, ""), closed),
    };
  });
  parser.write(text).close();
  if (fault !== undefined) return fault;
  if (root !== undefined) return { kind: "parsed", root };
  return { kind: "unreadable", at: { line: 1, column: 1 }, message: "the file has no element" };
}

/** It is told after the element that it closes by force. */
function faultWords(message: string, closed: Element | undefined): string {
  if (message !== "unexpected close tag." || closed === undefined) return message;
  const { name, line } = closed;
  return `</${name}> must come first: the <${name}> of line ${line} is still open`;
}

type Path = readonly (string | number)[];
type Note = (path: Path, element: Element) => void;

function courseOf(root: Element, note: Note): Record<string, unknown> {
  note([], root);
  const name = root.children.find((child) => child.name === "name");
  const language = root.children.find((child) => child.name === "prog-lang");
  if (language) note(["prog-lang"], language);
  const known = ["name", "prog-lang", "sections", "output-targets", ...passedOver];
  const strangers = root.children.filter((child) => !known.includes(child.name));
  for (const child of strangers) note([child.name], child);
  return {
    ...(name && { name: textsOf(name, ["name"], note) }),
    ...(language && { "prog-lang": language.text.trim() }),
    sections: sectionsOf(root, note),
    ...foldersOf(root, note),
    ...targetsOf(root, note),
    ...Object.fromEntries(strangers.map((child) => [child.name, child.text.trim()])),
  };
}

/** `dir-group` is collected from wherever it stands. */
const passedOver = ["description", "certificate", "github", "dir-group", "dir-groups"];

function textsOf(element: Element, path: Path, note: Note): Record<string, string> {
  note(path, element);
  for (const child of element.children) note([...path, child.name], child);
  return Object.fromEntries(element.children.map((child) => [child.name, child.text.trim()]));
}

function sectionsOf(root: Element, note: Note): unknown[] {
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

function foldersOf(root: Element, note: Note): { readonly folders?: unknown[] } {
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

function targetsOf(root: Element, note: Note): { readonly targets?: unknown[] } {
  const targets = inAll(root, "output-targets").flatMap(({ children }) => children);
  if (targets.length === 0) return {};
  return {
    targets: targets.map((target, at) => {
      const path = ["targets", at];
      note(path, target);
      const listOf = (plural: string) => {
        const list = target.children.find((child) => child.name === plural);
        if (list) note([...path, plural], list);
        return list?.children.map(({ text }) => text.trim());
      };
      const place = target.children.find((child) => child.name === "path")?.text.trim();
      const lists = {
        kinds: listOf("kinds"),
        formats: listOf("formats"),
        languages: listOf("languages"),
      };
      return {
        name: target.attributes.name ?? "default",
        ...(place !== undefined && { path: place }),
        ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list !== undefined)),
      };
    }),
  };
}

function inAll(element: Element, name: string): Element[] {
  return element.children.filter((child) => child.name === name);
}

function everywhere(element: Element, name: string): Element[] {
  return element.children.flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...everywhere(child, name),
  ]);
}
