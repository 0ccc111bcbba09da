import { basename, dirname, resolve } from "node:path";
import { readSource } from "../../rendering/read-source.ts";
import { userError } from "../../rendering/user-error.ts";
import { TaskError } from "../../worker/handler.ts";

export interface Diagram {
  /** What follows `@startuml`. */
  readonly name?: string;
  readonly lines: readonly SourceLine[];
  /** Why it cannot be drawn; none when all of it could be read. */
  readonly mistakes: readonly TaskError[];
}

export interface SourceLine {
  readonly text: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface ReadParams {
  /** Whether the files that a diagram includes are put in their places. */
  readonly resolveIncludes: boolean;
}

/** The diagrams of a file, those with mistakes too. */
export function readDiagrams(
  file: string,
  { resolveIncludes }: ReadParams = { resolveIncludes: true },
): readonly Diagram[] {
  const diagrams: OpenDiagram[] = [];
  let open: OpenDiagram | undefined;
  for (const line of linesOf(file)) {
    const start = /^\s*@start[a-z]+\b\s*(.*)$/.exec(line.text);
    if (start !== null) {
      open?.mistakes.push(unended(open));
      open = { ...nameOf(start[1] ?? ""), lines: [], mistakes: [] };
      diagrams.push(open);
    }
    if (open === undefined) continue;
    addLine(open, line, resolveIncludes);
    if (/^\s*@end[a-z]+\b/.test(line.text)) open = undefined;
  }
  open?.mistakes.push(unended(open));
  if (diagrams.length > 0) return diagrams;
  throw userError(`${file} holds no diagram: none of its lines begins with @startuml`);
}

interface OpenDiagram extends Diagram {
  readonly lines: SourceLine[];
  readonly mistakes: TaskError[];
}

function addLine(
  { lines, mistakes }: OpenDiagram,
  line: SourceLine,
  resolveIncludes: boolean,
): void {
  try {
    lines.push(...(resolveIncludes ? included(line, [line.file]) : [line]));
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    mistakes.push(error);
  }
}

function linesOf(file: string): SourceLine[] {
  const lines = readSource(file).split(/\r\n|\n|\r/);
  return lines.map((text, at) => ({ text, file, line: at + 1 }));
}

/** `"a name"`, `a_name` or `(id=name)`; one with a quote in it is none. */
function nameOf(text: string): { readonly name?: string } {
  const found = /^(?:\(id=([\w-]+)\)|"([^"']+)"|([^\s"']+))\s*$/.exec(text.trim());
  const name = found?.[1] ?? found?.[2] ?? found?.[3];
  return name === undefined ? {} : { name };
}

const includeLine = /^\s*!include(?<once>_once|_many|url|sub)?\s+(?<what>.+?)\s*$/;

/** The engine reads no files by itself; libraries in `<…>` are its own affair. */
function included(line: SourceLine, trail: readonly string[]): SourceLine[] {
  const { once, what } = includeLine.exec(line.text)?.groups ?? {};
  if (what === undefined) return [line];
  if (/^<.*>$/.test(what)) {
    throw userError(
      `${place(line)}: the library ${what} does not come with clx; put its file beside the diagram and include that, or set PLANTUML_JAR`,
    );
  }
  if (once === "url" || /^https?:/.test(what)) {
    throw userError(`${place(line)}: ${what} is not fetched: builds work without a network`);
  }
  const [path = "", part] = what.split("!");
  const file = resolve(dirname(line.file), path.replaceAll('"', ""));
  if (trail.includes(file)) {
    if (once === "_once") return [];
    throw userError(`${place(line)}: ${basename(file)} includes itself`);
  }
  return partOf(includedLines(file, line), { part, isSub: once === "sub" }).flatMap((inner) =>
    included(inner, [...trail, file]),
  );
}

function includedLines(file: string, line: SourceLine): SourceLine[] {
  try {
    return linesOf(file);
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    throw userError(`${place(line)}: ${error.message}`);
  }
}

interface WantedPart {
  readonly part: string | undefined;
  readonly isSub: boolean;
}

/** The diagram of that number or name; the part of that name; else all but the frame. */
function partOf(lines: readonly SourceLine[], { part, isSub }: WantedPart): SourceLine[] {
  if (isSub) return between(lines, `!startsub ${part ?? ""}`, "!endsub");
  const frames = lines.flatMap(({ text }, at) => (/^\s*@start/.test(text) ? [at] : []));
  if (frames.length === 0) return [...lines];
  const wanted = frames.find((at, index) => {
    const { name } = nameOf(lines[at]?.text.replace(/^\s*@start[a-z]+/, "") ?? "");
    return part === undefined || name === part || String(index) === part;
  });
  const start = wanted ?? frames[0] ?? 0;
  const end = lines.findIndex(({ text }, at) => at > start && /^\s*@end/.test(text));
  return lines.slice(start + 1, end < 0 ? undefined : end);
}

function between(lines: readonly SourceLine[], from: string, to: string): SourceLine[] {
  const start = lines.findIndex(({ text }) => text.trim() === from.trim());
  const end = lines.findIndex(({ text }, at) => at > start && text.trim() === to);
  return start < 0 ? [] : lines.slice(start + 1, end < 0 ? undefined : end);
}

function unended({ lines: [first] }: Diagram): TaskError {
  const end = first?.text.trim().replace(/^@start([a-z]+).*/, "@end$1");
  return userError(`${first && place(first)}: this diagram has no end; add a line "${end}"`);
}

export function place({ file, line }: SourceLine): string {
  return `${basename(file)}, line ${line}`;
}
