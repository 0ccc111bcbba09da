import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runInThisContext } from "node:vm";
import { openDrawingPage } from "../../rendering/drawing-page.ts";
import type { Fonts } from "../../rendering/fonts.ts";
import { svgPicture } from "../../rendering/picture.ts";
import { Rasteriser } from "../../rendering/rasteriser.ts";
import { modernActions } from "./coloured-actions.ts";
import type { Drawer, Drawn, DrawRequest, Fault } from "./drawer.ts";
import { faultIn, faultSaid, leftOut } from "./fault-picture.ts";
import { finishSvg } from "./finish-svg.ts";

interface EngineModule {
  renderToString(
    lines: readonly string[],
    onDrawn: (svg: string) => void,
    onError: (message: string) => void,
    options: { readonly maxSvgSize: number },
  ): void;
}

/** How many pixels an inch has where a unit of the drawing is one. */
const screenDpi = 96;

/**
 * PlantUML's own engine, compiled to JavaScript by its makers.
 *
 * It expects a browser around it: `document` and `window` are put up once for the whole process,
 * with the metrics of our fonts behind them. What it would fetch by script tags (themes, emoji,
 * icons) is read from its package; anything else is refused, where it would wait for ever.
 *
 * It draws one diagram at a time; callers do not overlap.
 */
export class PlantumlEngine implements Drawer {
  readonly includes = false;
  readonly #module: EngineModule;
  readonly #rasteriser: Rasteriser;

  private constructor(module: EngineModule, fonts: Fonts) {
    this.#module = module;
    this.#rasteriser = new Rasteriser(fonts);
  }

  /** Ready to draw, and warm. */
  static async open(fonts: Fonts): Promise<PlantumlEngine> {
    const { window } = openDrawingPage(fonts);
    const { document, DOMParser, XMLSerializer } = window;
    Object.assign(globalThis, { window, document, self: window, DOMParser, XMLSerializer });
    Object.assign(globalThis, { PLANTUML_STDLIB_LOADER: loadFromPackage });
    runPackageScript("viz-global.js");
    Object.assign(window, { Viz: (globalThis as { Viz?: unknown }).Viz });
    const module = (await import("@plantuml/core/plantuml.js" as string)) as EngineModule;
    const engine = new PlantumlEngine(module, fonts);
    await engine.drawLines(["@startuml", "class a", "class b", "a --> b", "@enduml"]);
    return engine;
  }

  async draw({ diagram, format, dpi }: DrawRequest): Promise<Drawn> {
    const missing = leftOut(diagram.lines);
    if (missing !== undefined) return missing;
    const drawn = await this.drawLines(diagram.lines.map(({ text }) => text));
    if (typeof drawn !== "string") return drawn;
    if (format === "svg") return { kind: "picture", picture: svgPicture(`${drawn}\n`) };
    const scale = dpi / screenDpi;
    const picture = await this.#rasteriser.draw(drawn, { scale, background: "white" });
    return { kind: "picture", picture };
  }

  /** An SVG document, or what is wrong. */
  async drawLines(lines: readonly string[]): Promise<string | Fault> {
    const unmute = muteConsole();
    try {
      return await new Promise<string | Fault>((resolve) => {
        this.#module.renderToString(
          modernActions(lines),
          (svg) => resolve(faultIn(svg) ?? finishSvg(svg, lines)),
          (message) => resolve(faultSaid(String(message))),
          { maxSvgSize: 0 },
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
