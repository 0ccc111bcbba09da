import { crc32, deflateSync } from "node:zlib";
import { type Fonts, readCssFont } from "./fonts.ts";

/** Pixels as a canvas has them: red, green, blue, opacity of each. */
interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** As much of a canvas as engines use that draw SVG: they measure text and make small pictures. */
export class Canvas {
  font = "12px sans-serif";
  readonly #fonts: Fonts;
  #pixels: Pixels = { width: 1, height: 1, data: new Uint8ClampedArray(4) };

  constructor(fonts: Fonts) {
    this.#fonts = fonts;
  }

  measureText(text: string) {
    const { width, ascent, descent } = this.#fonts.measure(text, readCssFont(this.font));
    return {
      width,
      actualBoundingBoxAscent: ascent,
      actualBoundingBoxDescent: descent,
      fontBoundingBoxAscent: ascent,
      fontBoundingBoxDescent: descent,
    };
  }

  createImageData(width: number, height: number): Pixels {
    return { width, height, data: new Uint8ClampedArray(4 * width * height) };
  }

  putImageData(pixels: Pixels): void {
    this.#pixels = pixels;
  }

  toDataURL(): string {
    return `data:image/png;base64,${pngOf(this.#pixels).toString("base64")}`;
  }
}

function pngOf({ width, height, data }: Pixels): Buffer {
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size.set([8, 6, 0, 0, 0], 8);
  const rows = Array.from({ length: height }, (_, row) => {
    const from = 4 * width * row;
    return Buffer.concat([Buffer.of(0), Buffer.from(data.subarray(from, from + 4 * width))]);
  });
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", size),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
