import { widthOf } from "./width.ts";

/** Lines that fit into so many columns, from the second on indented; one line without a width. */
export function wrap(text: string, width: number | undefined, indent = ""): string[] {
  if (width === undefined) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line.trim() !== "" && widthOf(longer) > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
