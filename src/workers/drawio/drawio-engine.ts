import { basename } from "node:path";
import { openDrawingPage } from "../../rendering/drawing-page.ts";
import type { Fonts } from "../../rendering/fonts.ts";
import type { PageElement } from "../../rendering/jsdom.ts";
import { type Picture, svgPicture } from "../../rendering/picture.ts";
import { Rasteriser } from "../../rendering/rasteriser.ts";
import { userError } from "../../rendering/user-error.ts";
import { drawLabel, type Rectangle } from "./draw-label.ts";
import type { Drawer, DrawRequest } from "./drawer.ts";
import { EnginePackage } from "./engine-package.ts";
import type {
  EngineWindow,
  Graph,
  ImageArguments,
  SvgCanvas,
  TextArguments,
} from "./engine-types.ts";
import { labelContent } from "./label-content.ts";
import type { Page } from "./read-pages.ts";
import { serveStencils } from "./stencils.ts";

/**
 * diagrams.net's own engine, in a page without a browser.
 *
 * It draws shapes, lines and icons; what it would fetch of those is read from its package. Labels
 * it would leave to the browser as HTML: we lay them out and draw them as text, and what they
 * cover beyond the shapes widens the picture. Its dice (sketched shapes) fall the same each time.
 */
export class DrawioEngine implements Drawer {
  readonly #window: EngineWindow;
  readonly #package: EnginePackage;
  readonly #fonts: Fonts;
  readonly #rasteriser: Rasteriser;

  private constructor(window: EngineWindow, enginePackage: EnginePackage, fonts: Fonts) {
    this.#window = window;
    this.#package = enginePackage;
    this.#fonts = fonts;
    this.#rasteriser = new Rasteriser(fonts);
  }

  static open(fonts: Fonts): DrawioEngine {
    const enginePackage = EnginePackage.find();
    const { window } = openDrawingPage(fonts);
    Object.assign(window, { STENCIL_PATH: "stencils", SHAPES_PATH: "shapes" });
    window.eval(enginePackage.engine());
    const engine = window as unknown as EngineWindow;
    engine.mxUtils.load = () => ({ getStatus: () => 404, getText: () => "", getXml: () => null });
    engine.mxText.prototype.updateBoundingBox = function () {
      this.boundingBox = null;
    };
    serveStencils(engine, enginePackage);
    return new DrawioEngine(engine, enginePackage, fonts);
  }

  async draw({ page, format, scale, border }: DrawRequest): Promise<Picture> {
    const svg = this.#svgOf(page, { scale, border });
    if (format === "svg") return svgPicture(`${svg}\n`);
    return await this.#rasteriser.draw(svg, { scale: 1, background: "white" });
  }

  #svgOf(page: Page, { scale, border }: Pick<DrawRequest, "scale" | "border">): string {
    const { document, mxUtils, mxCodec, Graph, XMLSerializer } = this.#window;
    this.#window.Math.random = dice();
    const model = mxUtils.parseXml(page.model);
    const container = document.body.appendChild(document.createElement("div"));
    const graph = new Graph(container, null, null, null, null, true);
    try {
      graph.foldingEnabled = false;
      graph.setEnabled(false);
      const labels = this.#takeOverLabels(graph, page);
      new mxCodec(model).decode(model.documentElement, graph.getModel());
      const background = model.documentElement.getAttribute("background");
      const colour = background === "none" || background === "" ? null : background;
      const root = graph.getSvg(colour, scale, border, null, null, true);
      widen(root, labels.covered, border);
      return labels.putInto(new XMLSerializer().serializeToString(root));
    } finally {
      graph.destroy();
      container.remove();
    }
  }

  /** Each label leaves a mark in the drawing, in whose place it is put in the end. */
  #takeOverLabels(graph: Graph, page: Page) {
    const drawn: string[] = [];
    const covered: Rectangle[] = [];
    const create = graph.createSvgCanvas.bind(graph);
    const label = (canvas: SvgCanvas, ...args: TextArguments) => {
      const [x, y, width, height, text, align, valign, wraps, format] = args;
      const [, , , , , , , , , overflow, clips, rotation] = args;
      if (text === null || text === undefined || text === "") return;
      const content = labelContent(text, { isHtml: format === "html", window: this.#window });
      const wish = { x, y, width, height, content, align, valign, wraps, overflow, clips };
      const { svg, covers } = drawLabel(
        { ...wish, rotation: rotation ?? 0, state: canvas.state },
        this.#fonts,
      );
      const place = canvas.createElement("g");
      place.setAttribute("data-label", String(drawn.push(svg) - 1));
      canvas.root.appendChild(place);
      if (covers !== undefined) covered.push(covers);
    };
    graph.createSvgCanvas = (node) => {
      const canvas = create(node);
      const image = canvas.image.bind(canvas);
      canvas.text = (...args) => label(canvas, ...args);
      canvas.image = (...args) => image(...this.#embedded(args, page));
      return canvas;
    };
    const putInto = (svg: string) =>
      svg.replaceAll(/<g data-label="(\d+)"\s*(?:\/>|><\/g>)/g, (_, at: string) => {
        return drawn[Number(at)] ?? "";
      });
    return { covered, putInto };
  }

  #embedded([x, y, width, height, source, ...rest]: ImageArguments, page: Page): ImageArguments {
    return [x, y, width, height, this.#embeddedPicture(source, page), ...rest];
  }

  #embeddedPicture(source: string, page: Page): string {
    if (source.startsWith("data:")) return wellFormedData(source);
    const own = /(?:^|diagrams\.net|draw\.io)\/?((?:img|images|stencils)\/[^?#]*)/.exec(
      source,
    )?.[1];
    const picture = own === undefined ? undefined : this.#package.picture(own);
    if (picture !== undefined) return picture;
    const where = `${basename(page.source)}, page ${page.name ?? page.number}`;
    throw userError(
      `${where}: the picture ${source.slice(0, 200)} is not in the file, and nothing is fetched; embed it (in draw.io: Edit Image)`,
    );
  }
}

/** In styles, draw.io leaves out ";base64": the semicolon would end the entry. */
function wellFormedData(source: string): string {
  const [, type, data = ""] = /^data:(image\/[\w.+-]+),(.*)$/s.exec(source) ?? [];
  if (type === undefined || !/^[\w+/=\s]+$/.test(data)) return source;
  return `data:${type};base64,${data}`;
}

/** Room for labels that reach beyond the shapes. */
function widen(root: PageElement, covered: readonly Rectangle[], border: number): void {
  const [x = 0, y = 0, width = 0, height = 0] = (root.getAttribute("viewBox") ?? "")
    .split(" ")
    .map(Number);
  const left = Math.min(x, ...covered.map((one) => Math.floor(one.left - border)));
  const top = Math.min(y, ...covered.map((one) => Math.floor(one.top - border)));
  const right = Math.max(x + width, ...covered.map((one) => Math.ceil(one.right + border)));
  const bottom = Math.max(y + height, ...covered.map((one) => Math.ceil(one.bottom + border)));
  const size = { width: Math.ceil(right - left), height: Math.ceil(bottom - top) };
  root.setAttribute("viewBox", `${left} ${top} ${size.width} ${size.height}`);
  root.setAttribute("width", String(size.width));
  root.setAttribute("height", String(size.height));
}

/** Numbers from 0 to 1 that look like chance. */
function dice(): () => number {
  let state = 1;
  return () => {
    state = Math.imul(state, 48_271) & 0x7f_ff_ff_ff || 1;
    return state / 0x80_00_00_00;
  };
}
