import { Canvas } from "./canvas.ts";
import { type Fonts, isBold, type TextSize, type TextStyle } from "./fonts.ts";
import { openPage, type PageElement, type PageWindow } from "./jsdom.ts";

export interface DrawingPage {
  readonly window: PageWindow;
  close(): void;
}

/**
 * A page without a browser in which engines that were made for one can draw.
 *
 * They ask a browser two things that jsdom does not know: how wide a text is (of a canvas), and
 * where a text stands (of SVG). Both are answered from the metrics of our fonts. Nothing is
 * fetched: there is no network behind the page.
 */
export function openDrawingPage(fonts: Fonts): DrawingPage {
  const window = openPage();
  const canvases = new WeakMap<object, Canvas>();
  const canvasOf = (element: object) => {
    const canvas = canvases.get(element) ?? new Canvas(fonts);
    canvases.set(element, canvas);
    return canvas;
  };
  Object.defineProperty(window.HTMLCanvasElement.prototype, "getContext", {
    value(this: object) {
      return canvasOf(this);
    },
  });
  Object.defineProperty(window.HTMLCanvasElement.prototype, "toDataURL", {
    value(this: object) {
      return canvasOf(this).toDataURL();
    },
  });
  Object.defineProperty(window.SVGElement.prototype, "getBBox", {
    value(this: PageElement) {
      return boxOf(this, fonts);
    },
  });
  for (const name of ["XMLHttpRequest", "WebSocket", "EventSource", "fetch"]) {
    Object.defineProperty(window, name, { value: undefined, writable: true });
  }
  return { window, close: () => window.close() };
}

function boxOf(element: PageElement, fonts: Fonts) {
  const { width, ascent, descent }: TextSize = fonts.measure(
    element.textContent ?? "",
    styleOf(element),
  );
  const x = Number.parseFloat(element.getAttribute("x") ?? "0");
  const y = Number.parseFloat(element.getAttribute("y") ?? "0");
  return { x, y: y - ascent, width, height: ascent + descent };
}

function styleOf(element: PageElement): TextStyle {
  const inherited = (name: string) => element.closest(`[${name}]`)?.getAttribute(name) ?? undefined;
  return {
    family: inherited("font-family") ?? "sans-serif",
    size: Number.parseFloat(inherited("font-size") ?? "12"),
    bold: isBold(inherited("font-weight") ?? ""),
    italic: /italic|oblique/i.test(inherited("font-style") ?? ""),
  };
}
