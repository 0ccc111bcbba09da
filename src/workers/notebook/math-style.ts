import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Face {
  readonly family: string;
  readonly isBold: boolean;
  readonly isItalic: boolean;
  readonly rule: string;
  readonly file: string;
}

interface MathSheet {
  readonly faces: readonly Face[];
  /** All but the fonts. */
  readonly rules: string;
  /** Which families a class brings in. */
  readonly familiesByClass: ReadonlyMap<string, ReadonlySet<string>>;
}

let sheet: MathSheet | undefined;

/** KaTeX's styles, with those of its fonts in them that this HTML uses. */
export function mathStyle(html: string): string {
  sheet ??= readSheet();
  const classes = new Set(
    [...html.matchAll(/class="([^"]*)"/g)].flatMap(([, names = ""]) => names.split(" ")),
  );
  const families = new Set(["KaTeX_Main"]);
  for (const name of classes) {
    for (const family of sheet.familiesByClass.get(name) ?? []) families.add(family);
  }
  const fonts = sheet.faces.filter((face) => families.has(face.family) && isUsed(face, classes));
  return fonts.map(embedded).join("") + sheet.rules;
}

const boldClasses = [
  "mathbf",
  "textbf",
  "boldsymbol",
  "mathboldfrak",
  "textboldfrak",
  "mathboldsf",
  "textboldsf",
];
const italicClasses = ["mathit", "textit", "boldsymbol", "mathitsf", "textitsf", "mathsfit"];

/** Letters of formulas are italic by themselves; the other families know an upright face. */
function isUsed({ family, isBold, isItalic }: Face, classes: ReadonlySet<string>): boolean {
  if (isBold && !boldClasses.some((name) => classes.has(name))) return false;
  if (!isItalic || family === "KaTeX_Math") return true;
  return italicClasses.some((name) => classes.has(name));
}

function embedded({ rule, file }: Face): string {
  const bytes = readFileSync(packageFile(`fonts/${file}`));
  const source = `src:url(data:font/woff2;base64,${bytes.toString("base64")}) format("woff2")`;
  return rule.replace(/src:[^}]*/, source);
}

function readSheet(): MathSheet {
  const css = readFileSync(packageFile("katex.min.css"), "utf8");
  const faceRule = /@font-face\{[^}]*\}/g;
  const faces = [...css.matchAll(faceRule)].map(
    ([rule]): Face => ({
      family: /font-family:"?(KaTeX_\w+)/.exec(rule)?.[1] ?? "",
      isBold: rule.includes("font-weight:700"),
      isItalic: rule.includes("font-style:italic"),
      rule,
      file: /fonts\/([\w-]+\.woff2)/.exec(rule)?.[1] ?? "",
    }),
  );
  const rules = css.replaceAll(faceRule, "");
  return { faces, rules, familiesByClass: familiesIn(rules) };
}

function familiesIn(rules: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const [, selector = "", body = ""] of rules.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    const family = /KaTeX_\w+/.exec(body)?.[0];
    if (family === undefined) continue;
    for (const part of selector.split(",")) {
      const name = /\.([\w-]+)$/.exec(part.trim())?.[1];
      if (name !== undefined) found.set(name, (found.get(name) ?? new Set()).add(family));
    }
  }
  return found;
}

function packageFile(name: string): string {
  return fileURLToPath(import.meta.resolve(`katex/dist/${name}`));
}
