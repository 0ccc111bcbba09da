import type { LogLine } from "../../domain/task.ts";
import { requestCap } from "./protocol.ts";

/** What else is in the request has as much room again. */
const bytesPerPiece = requestCap / 2;
/** As JSON: no character takes more than six bytes. */
const [bytesPerLine, bytesPerCharacter] = [100, 6];

/** Lines in their order, in pieces that each fit into one request; a single one as a rule. */
export function inPieces(logs: readonly LogLine[]): readonly (readonly LogLine[])[] {
  const pieces: LogLine[][] = [[]];
  let bytes = 0;
  for (const line of logs) {
    const size = bytesPerLine + line.line.length * bytesPerCharacter;
    if (bytes + size > bytesPerPiece && bytes > 0) {
      pieces.push([]);
      bytes = 0;
    }
    pieces.at(-1)?.push(line);
    bytes += size;
  }
  return pieces;
}
