import { writeFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";

/** Writes a square field as a grey PNG, from its least value (black) to its greatest (white). */
export function writeImage(path, field, size) {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of field) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  const scale = 255 / (greatest - least || 1);
  const rows = Buffer.alloc(size * (size + 1));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      rows[y * (size + 1) + 1 + x] = Math.round((field[y * size + x] - least) * scale);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header[8] = 8; // bits of each of its grey pixels
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  writeFileSync(
    path,
    Buffer.concat([
      signature,
      chunk("IHDR", header),
      chunk("IDAT", deflateSync(rows)),
      chunk("IEND", Buffer.alloc(0)),
    ]),
  );
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
