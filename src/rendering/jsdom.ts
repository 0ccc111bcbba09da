import { createRequire } from "node:module";

export interface PageElement {
  readonly textContent: string | null;
  innerHTML: string;
  readonly content: unknown;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  closest(selector: string): PageElement | null;
  appendChild(child: PageElement): PageElement;
  remove(): void;
}

export interface PageDocument {
  readonly body: PageElement;
  createElement(name: string): PageElement;
}

export interface PageWindow {
  readonly document: PageDocument;
  readonly DOMParser: unknown;
  readonly XMLSerializer: unknown;
  readonly HTMLCanvasElement: { readonly prototype: object };
  readonly SVGElement: { readonly prototype: object };
  eval(script: string): unknown;
  close(): void;
}

interface Jsdom {
  readonly VirtualConsole: new () => object;
  readonly JSDOM: new (
    html: string,
    options: {
      readonly url: string;
      readonly runScripts: "outside-only";
      readonly virtualConsole: object;
    },
  ) => { readonly window: PageWindow };
}

/**
 * An empty page of jsdom, silent. Its own types are not used: they would bring those of a browser
 * into every file, where nothing may use them.
 */
export function openPage(): PageWindow {
  const { JSDOM, VirtualConsole } = createRequire(import.meta.url)("jsdom") as Jsdom;
  return new JSDOM("<!doctype html><html><body></body></html>", {
    url: "http://localhost/",
    runScripts: "outside-only",
    virtualConsole: new VirtualConsole(),
  }).window;
}
