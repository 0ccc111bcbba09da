import { isMonospaced, monoFamilies, sansFamilies, spelt } from "../../rendering/fonts.ts";

/**
 * Makes the engine's drawing valid on its own, with fonts of the widths it was laid out with, and
 * without the source, which it adds in a form of its own and which may say more than the picture.
 */
export function finishSvg(svg: string, lines: readonly string[]): string {
  const finished = svg
    .replace(/^<svg ([^>]*)>/, (_, attributes: string) => `<svg ${withoutTwins(attributes)}>`)
    .replaceAll(/<\?plantuml[^?]*\?>/g, "")
    .replaceAll(/font-family="([^"]*)"/g, (_, family: string) => {
      return `font-family="${isMonospaced(family) ? monoFamilies : sansFamilies}"`;
    });
  const [, kind = ""] = /^\s*@start(\w+)/.exec(lines[0] ?? "") ?? [];
  const legible = data.includes(kind) ? withKnownSigns(finished) : finished;
  return [...data, ...withoutMargin].includes(kind) ? withMargin(legible) : legible;
}

function withoutTwins(attributes: string): string {
  const found = new Map(
    [...attributes.matchAll(/([\w:-]+)="[^"]*"/g)].map(([whole, name]) => [name, whole]),
  );
  return [...found.values()].join(" ");
}

const data = ["json", "yaml", "hcl"];
const withoutMargin = ["ebnf", "regex", "mindmap", "gantt"];

/** Of some kinds, the engine draws the outer boxes half beyond the edge. */
function withMargin(svg: string): string {
  const margin = 5;
  return svg.replace(
    /viewBox="0 0 (\d+) (\d+)" width="\d+" height="\d+"/,
    (_, width: string, height: string) => {
      const [w, h] = [Number(width) + 2 * margin, Number(height) + 2 * margin];
      return `viewBox="${-margin} ${-margin} ${w} ${h}" width="${w}" height="${h}"`;
    },
  );
}

function withKnownSigns(svg: string): string {
  return svg.replaceAll(/>([^<>]+)<\/text>/g, (_, text: string) => `>${spelt(text)}</text>`);
}
