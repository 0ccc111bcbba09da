import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runInThisContext } from "node:vm";
import { openDrawingPage } from "../../rendering/drawing-page.ts";
import { type Fonts, isMonospaced, monoFamilies, sansFamilies } from "../../rendering/fonts.ts";

/** What the engine made of a diagram: a drawing, or what it did not understand. */
export type Drawn =
  | { readonly kind: "drawing"; readonly svg: string }
  | { readonly kind: "fault"; readonly line?: number; readonly message: string };

interface EngineModule {
  renderToString(
    lines: readonly string[],
    onDrawn: (svg: string) => void,
    onError: (message: string) => void,
  ): void;
}

/**
 * PlantUML's own engine, compiled to JavaScript by its makers.
 *
 * It expects a browser around it: `document` and `window` are put up once for the whole process,
 * with the metrics of our fonts behind them. What it would fetch by script tags (themes, emoji,
 * icons) is read from its package; anything else is refused, where it would wait for ever. It
 * does not throw at a mistake in a diagram but draws a picture of it, black and green: such a
 * picture is recognised and told as what it is.
 *
 * It draws one diagram at a time; callers do not overlap.
 */
export class PlantumlEngine {
  readonly #module: EngineModule;

  private constructor(module: EngineModule) {
    this.#module = module;
  }

  static async open(fonts: Fonts): Promise<PlantumlEngine> {
    const { window } = openDrawingPage(fonts);
    const { document, DOMParser, XMLSerializer } = window;
    Object.assign(window, { PLANTUML_STDLIB_LOADER: loadFromPackage });
    Object.assign(globalThis, { window, document, self: window, DOMParser, XMLSerializer });
    runPackageScript("viz-global.js");
    Object.assign(window, { Viz: (globalThis as { Viz?: unknown }).Viz });
    const module = (await import("@plantuml/core/plantuml.js" as string)) as EngineModule;
    return new PlantumlEngine(module);
  }

  async draw(lines: readonly string[]): Promise<Drawn> {
    const unmute = muteConsole();
    try {
      return await new Promise<Drawn>((resolve) => {
        this.#module.renderToString(
          lines,
          (svg) => resolve(understood(svg)),
          (message) => resolve({ kind: "fault", message: readable(message) }),
        );
      });
    } finally {
      unmute();
    }
  }
}

function packageFile(name: string): string {
  return fileURLToPath(import.meta.resolve(`@plantuml/core/${name}`));
}

/** A classic script: what it declares becomes global. */
function runPackageScript(name: string): void {
  runInThisContext(readFileSync(packageFile(name), "utf8"), { filename: name });
}

function loadFromPackage(url: string, ok: () => void, fail: (why: string) => void): true {
  const name = /(?:themes|emoji|openiconic)\.js$/.exec(url)?.[0];
  if (name === undefined) {
    fail(`${url} does not come with clx`);
  } else {
    runPackageScript(name);
    Object.assign(globalThis.window ?? {}, {
      PLANTUML_THEMES: (globalThis as { PLANTUML_THEMES?: unknown }).PLANTUML_THEMES,
    });
    ok();
  }
  return true;
}

/** It tells each of its steps on the console. */
function muteConsole(): () => void {
  const { log, warn, error } = console;
  const silent = () => {};
  Object.assign(console, { log: silent, warn: silent, error: silent });
  return () => Object.assign(console, { log, warn, error });
}

const faultColours = { frame: "#33FF02", reason: "#FF0000" };

function understood(svg: string): Drawn {
  const texts = [...svg.matchAll(/<text [^>]*?fill="(#\w+)"[^>]*>([^<]*)</g)];
  const said = (colour: string) =>
    texts.filter(([, fill]) => fill === colour).map(([, , text = ""]) => plain(text));
  const unknown = texts.find(([, , text]) => text?.startsWith("Diagram not supported by this"));
  if (unknown) return { kind: "fault", message: "PlantUML's engine does not draw such diagrams" };
  const where = texts.find(([, , text]) => /^\[From .*\(line \d+\)/.test(text ?? ""));
  if (where === undefined || !svg.includes(faultColours.frame))
    return { kind: "drawing", svg: finished(svg) };
  const line = Number(/\(line (\d+)\)/.exec(where[2] ?? "")?.[1]);
  const reason = said(faultColours.reason).join(" ").trim();
  return { kind: "fault", line, message: reason || "PlantUML does not understand this line" };
}

/** Whose fault it is, in words of people: the engine's own are those of Java. */
function readable(message: string): string {
  if (/Unsupported diagram type/.test(message)) {
    return "PlantUML's engine in JavaScript does not draw such diagrams; set PLANTUML_JAR to have Java draw them";
  }
  return message.replace(/^(java\.lang\.\w+: )+/, "");
}

function plain(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}

/**
 * Valid on its own, with fonts of the widths it was laid out with, and without the source, which
 * the engine adds in a comment of its own and which may say more than the picture.
 */
function finished(svg: string): string {
  return svg
    .replace(/^<svg ([^>]*)>/, (_, attributes: string) => `<svg ${withoutTwins(attributes)}>`)
    .replaceAll(/<\?plantuml[^?]*\?>/g, "")
    .replaceAll(/font-family="([^"]*)"/g, (_, family: string) => {
      return `font-family="${isMonospaced(family) ? monoFamilies : sansFamilies}"`;
    });
}

function withoutTwins(attributes: string): string {
  const found = new Map(
    [...attributes.matchAll(/([\w:-]+)="[^"]*"/g)].map(([whole, name]) => [name, whole]),
  );
  return [...found.values()].join(" ");
}
