import type { Fault } from "./drawer.ts";

const otherEngine =
  "PlantUML's engine in JavaScript does not draw this; set PLANTUML_JAR to have Java draw it";

/**
 * PlantUML does not fail at a mistake but draws a picture of it. Such a picture is recognised by
 * what only it has: the frame around "[From … (line N) ]", or the words of one that is all words.
 */
export function faultIn(svg: string): Fault | undefined {
  return markedLine(svg) ?? allWords(svg);
}

function markedLine(svg: string): Fault | undefined {
  const frame =
    /^<svg[^>]*><defs\/><g>(?:<text [^>]*fill="#33FF02"[^>]*>[^<]*<\/text>)*<rect [^>]*fill="#33FF02" stroke="#33FF02"[^>]*\/><text [^>]*fill="#000000"[^>]*>\[From [^<]*\(line (\d+)\) \]</.exec(
      svg,
    );
  if (frame === null) return undefined;
  const reason = textsOf(svg, "#FF0000").join(" ").trim();
  return {
    kind: "fault",
    line: Number(frame[1]),
    message: reason === "" ? "PlantUML does not understand this line" : reason,
  };
}

const words: readonly (readonly [RegExp, string])[] = [
  [/^Diagram not supported by this release of PlantUML$/, otherEngine],
  [/^Your data does not sound like (\w+) data$/, "the data is not valid $1"],
  [/^(An error has occured|PlantUML \S+ has crashed)\b.*$/, "PlantUML's engine has crashed"],
  [/^Fatal parsing error.*$/, "PlantUML does not understand this diagram"],
  [/^Welcome to PlantUML!$/, "the diagram is empty"],
];

function allWords(svg: string): Fault | undefined {
  if (/<(rect|line|path|polygon|ellipse|circle|image)\b/.test(svg)) return undefined;
  const [first = ""] = textsOf(svg);
  const found = words.find(([pattern]) => pattern.test(first));
  return found && { kind: "fault", message: first.replace(found[0], found[1]) };
}

function textsOf(svg: string, fill?: string): string[] {
  return [...svg.matchAll(/<text [^>]*?fill="(#\w+)"[^>]*>([^<]*)</g)]
    .filter(([, colour]) => fill === undefined || colour === fill)
    .map(([, , text = ""]) => plain(text).trim());
}

/** What the engine says when it gives up, in words of people: its own are those of Java. */
export function faultSaid(message: string): Fault {
  const said = /Unsupported diagram type/.test(message)
    ? otherEngine
    : message.replace(/^(java\.lang\.\w+: )+/, "");
  return { kind: "fault", message: said };
}

const undrawn: readonly (readonly [RegExp, string])[] = [
  [/<(?:math|latex)>/, "formulas"],
  [/<img[:\s]/, "pictures (<img:…>)"],
];

/** What the engine in JavaScript would leave out without a word. */
export function leftOut(lines: readonly { readonly text: string }[]): Fault | undefined {
  for (const [at, { text }] of lines.entries()) {
    if (/^\s*'/.test(text)) continue;
    const [, what] = undrawn.find(([pattern]) => pattern.test(text)) ?? [];
    if (what === undefined) continue;
    const message = `${what} are not drawn by PlantUML's engine in JavaScript; set PLANTUML_JAR to have Java draw them`;
    return { kind: "fault", line: at + 1, message };
  }
  return undefined;
}

function plain(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}
