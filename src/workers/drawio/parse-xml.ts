import { SaxesParser } from "saxes";
import { userError } from "../../rendering/user-error.ts";

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
  /** Where it stands in the text that was parsed. */
  readonly start: number;
  readonly end: number;
}

interface OpenElement {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
  readonly start: number;
  end: number;
}

/** @throws TaskError that names line, column and what is wrong there */
export function parseXml(text: string, place: string): XmlElement {
  if (text.trim() === "") throw userError(`${place}: it is empty`);
  const parser = new SaxesParser();
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  parser.on("error", (error) => {
    const [, line, column, what] = /(\d+):(\d+): (.*)$/s.exec(error.message) ?? [];
    throw userError(
      `${place}: line ${line ?? "?"}, column ${column ?? "?"}: ${what ?? error.message}`,
    );
  });
  parser.on("opentag", ({ name, attributes }) => {
    const start = text.lastIndexOf(`<${name}`, parser.position);
    const element = { name, attributes, children: [], text: "", start, end: start };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("text", (piece) => {
    const last = open.at(-1);
    if (last !== undefined) last.text += piece;
  });
  parser.on("closetag", () => {
    const element = open.pop();
    if (element === undefined) return;
    element.end = parser.position;
    if (open.length === 0) root = element;
  });
  parser.write(text).close();
  if (root === undefined) throw userError(`${place}: it is empty`);
  return root;
}
