// Writes as many bytes as asked for to stdout, without a single line end, and then says on
// stderr how many: once all have been taken from it.
import { writeSync } from "node:fs";

const total = Number(process.argv[2]);
const piece = Buffer.alloc(65_536, process.argv[3] === "binary" ? 0xff : 0x78);
for (let written = 0; written < total; ) {
  written += writeSync(1, piece, 0, Math.min(piece.length, total - written));
}
writeSync(2, `wrote ${total}\n`);
