import type { Edges } from "./label.ts";

/** What `style` says, by property. */
export function declarationsOf(css: string): ReadonlyMap<string, string> {
  return new Map(
    css.split(";").flatMap((one): [string, string][] => {
      const at = one.indexOf(":");
      if (at < 0) return [];
      return [[one.slice(0, at).trim().toLowerCase(), one.slice(at + 1).trim()]];
    }),
  );
}

/** In pixels; `undefined` for what is no length of its own. */
export function lengthOf(text: string | undefined, em: number): number | undefined {
  const [, number, unit = "px"] = /^(-?[\d.]+)(px|pt|em|rem|%)?$/.exec(text?.trim() ?? "") ?? [];
  if (number === undefined) return undefined;
  const units: Readonly<Record<string, number>> = { px: 1, pt: 4 / 3, em, rem: 16, "%": em / 100 };
  return Number(number) * (units[unit] ?? 1);
}

const namedSizes: Readonly<Record<string, number>> = {
  "xx-small": 9,
  "x-small": 10,
  small: 13,
  medium: 16,
  large: 18,
  "x-large": 24,
  "xx-large": 32,
};

export function fontSizeOf(text: string, parent: number): number {
  if (text === "smaller") return parent / 1.2;
  if (text === "larger") return parent * 1.2;
  return namedSizes[text] ?? lengthOf(text, parent) ?? parent;
}

/** `<font size="5">` */
export function htmlFontSize(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  return [10, 10, 13, 16, 18, 24, 32, 48][Math.max(0, Math.min(7, Number(text)))];
}

/** Of `margin` or `padding`: one to four lengths, or one of each side. */
export function edgesOf(
  css: ReadonlyMap<string, string>,
  name: "margin" | "padding",
  { em, initial }: { readonly em: number; readonly initial: Edges },
): Edges {
  const all =
    css
      .get(name)
      ?.split(/\s+/)
      .map((one) => lengthOf(one, em) ?? 0) ?? [];
  const [top, right = top, bottom = top, left = right] = all;
  const side = (edge: string, value: number | undefined, own: number) =>
    lengthOf(css.get(`${name}-${edge}`), em) ?? value ?? own;
  return {
    top: side("top", top, initial.top),
    right: side("right", right, initial.right),
    bottom: side("bottom", bottom, initial.bottom),
    left: side("left", left, initial.left),
  };
}

/** What a drawing can use; not what only a page knows. */
export function colourOf(text: string | undefined): string | undefined {
  const colour = text?.trim().toLowerCase();
  if (
    colour === undefined ||
    colour === "" ||
    /^(transparent|none|inherit|initial|unset|currentcolor|var\(.*|rgba\(.*,\s*0\))$/.test(colour)
  )
    return undefined;
  const [, light] = /^light-dark\((.*?\)|[^,]*),/.exec(colour) ?? [];
  return light ?? colour;
}
