import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import type { Fonts } from "./fonts.ts";
import { type Picture, pngPicture } from "./picture.ts";
import { userError } from "./user-error.ts";

export interface RasterParams {
  /** Pixels for each unit of the drawing. */
  readonly scale: number;
  /** Left out: transparent. */
  readonly background?: string;
}

/** Wider or higher than this is refused: it would take gigabytes. */
export const maxPixels = 100_000_000;

let engine: Promise<void> | undefined;

/** Turns drawings into PNG pictures, with our fonts only. */
export class Rasteriser {
  readonly #fonts: Fonts;

  constructor(fonts: Fonts) {
    this.#fonts = fonts;
  }

  async draw(svg: string, params: RasterParams): Promise<Picture> {
    const unknownLetters = this.#fonts.missing(svg);
    const picture = pngPicture(await this.#toPng(svg, params));
    return unknownLetters.length === 0 ? picture : { ...picture, unknownLetters };
  }

  async #toPng(svg: string, { scale, background }: RasterParams): Promise<Uint8Array> {
    engine ??= startEngine();
    await engine;
    const drawing = new Resvg(svg, {
      fitTo: { mode: "zoom", value: scale },
      ...(background !== undefined && { background }),
      font: {
        fontBuffers: [...this.#fonts.filesFor(svg)],
        defaultFontFamily: "Arimo",
        sansSerifFamily: "Arimo",
        serifFamily: "Arimo",
        monospaceFamily: "Cousine",
      },
    });
    try {
      refuseHuge(drawing.width * scale, drawing.height * scale);
      const image = drawing.render();
      try {
        return image.asPng();
      } finally {
        image.free();
      }
    } finally {
      drawing.free();
    }
  }
}

async function startEngine(): Promise<void> {
  const path = fileURLToPath(import.meta.resolve("@resvg/resvg-wasm/index_bg.wasm"));
  await initWasm(await readFile(path));
}

function refuseHuge(width: number, height: number): void {
  if (width * height <= maxPixels) return;
  const size = `${Math.round(width)} × ${Math.round(height)} pixels`;
  throw userError(`the picture would have ${size}; ask for a smaller scale or dpi`);
}
