const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|^\p{Emoji_Presentation}/u;
let segmenter: Intl.Segmenter | undefined;

/** Making one takes 10 ms, and most texts need none. */
function graphemesOf(text: string) {
  segmenter ??= new Intl.Segmenter();
  return segmenter.segment(text);
}

/** How many columns a text takes on a terminal. */
export function widthOf(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: plain ASCII needs no segmenting
  if (/^[\u0000-\u007f]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemesOf(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

export function pad(text: string, width: number, side: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, width - widthOf(text)));
  return side === "left" ? text + space : space + text;
}

/** Leaves out the end, or the middle, of what is too long. */
export function shorten(text: string, width: number, where: "end" | "middle" = "end"): string {
  if (widthOf(text) <= width) return text;
  if (width <= 1) return "…".slice(0, width);
  const parts = Array.from(graphemesOf(endsOf(text, width)), ({ segment }) => segment);
  const tail = where === "end" ? 0 : Math.floor((width - 1) / 2);
  return `${fill(parts, width - 1 - tail)}…${fill(parts.toReversed(), tail, true)}`;
}

/** Of a huge text only what can be shown is looked at. */
function endsOf(text: string, width: number): string {
  const most = width * 50;
  return text.length <= 2 * most ? text : text.slice(0, most) + text.slice(-most);
}

function fill(parts: readonly string[], width: number, backwards = false): string {
  let text = "";
  for (const part of parts) {
    const longer = backwards ? part + text : text + part;
    if (widthOf(longer) > width) return text;
    text = longer;
  }
  return text;
}
