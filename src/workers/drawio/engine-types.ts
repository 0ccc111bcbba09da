import type { PageDocument, PageElement } from "../../rendering/jsdom.ts";

/** As much of diagrams.net's engine as is used here. */
export interface EngineWindow {
  readonly document: PageDocument;
  readonly mxUtils: {
    parseXml(text: string): XmlDocument;
    load(url: string): LoadedFile;
    isNode(value: unknown): boolean;
  };
  readonly mxCodec: new (
    document: XmlDocument,
  ) => {
    decode(node: unknown, into: unknown): void;
  };
  readonly Graph: new (
    container: unknown,
    model: null,
    renderHint: null,
    stylesheet: null,
    themes: null,
    standalone: true,
  ) => Graph;
  readonly XMLSerializer: new () => { serializeToString(node: unknown): string };
  readonly Math: { random(): number };
  readonly mxText: { readonly prototype: { updateBoundingBox(this: MeasuredText): void } };
  readonly mxStencilRegistry: {
    readonly stencils: Record<string, unknown>;
    readonly libraries: Record<string, readonly string[]>;
    getStencil(name: string): unknown;
    getBasenameForStencil(name: string): string | null;
    parseStencilSet(shapes: PageElement): void;
  };
  readonly mxCellRenderer: { readonly defaultShapes: Record<string, unknown> };
}

export interface MeasuredText {
  boundingBox: null;
}

export interface XmlDocument {
  readonly documentElement: PageElement;
}

export interface LoadedFile {
  getStatus(): number;
  getText(): string;
  getXml(): XmlDocument | null;
}

export interface Graph {
  foldingEnabled: boolean;
  setEnabled(enabled: boolean): void;
  getModel(): unknown;
  createSvgCanvas(node: unknown): SvgCanvas;
  getSvg(
    background: string | null,
    scale: number,
    border: number,
    noCrop: null,
    crisp: null,
    ignoreSelection: true,
  ): PageElement;
  destroy(): void;
}

export interface SvgCanvas {
  readonly root: { appendChild(node: unknown): void };
  readonly state: CanvasState;
  createElement(name: string): PageElement;
  text(...args: TextArguments): void;
  image(...args: ImageArguments): void;
}

export interface CanvasState {
  readonly dx: number;
  readonly dy: number;
  readonly scale: number;
  readonly rotation: number;
  readonly alpha: number;
  readonly fontSize: number;
  readonly fontFamily: string;
  readonly fontColor: string;
  readonly fontStyle: number;
  readonly fontBackgroundColor: string | null;
  readonly fontBorderColor: string | null;
}

export type TextArguments = [
  x: number,
  y: number,
  width: number,
  height: number,
  text: unknown,
  align: string,
  valign: string,
  wrap: boolean,
  format: string,
  overflow: string | null,
  clip: boolean,
  rotation: number | null,
];

export type ImageArguments = [
  x: number,
  y: number,
  width: number,
  height: number,
  source: string,
  ...rest: unknown[],
];
