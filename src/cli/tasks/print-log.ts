import { logLineJson } from "../present/json-shapes.ts";
import { localClock } from "../present/time.ts";
import type { Terminal } from "../terminal.ts";
import type { LogPiece } from "./log-reader.ts";

export interface LogStyle {
  readonly times: boolean;
  /** Only what the program wrote to its stdout goes to ours. */
  readonly split: boolean;
}

export function printLogLine(terminal: Terminal, piece: LogPiece, style: LogStyle): void {
  if (terminal.json) {
    terminal.printJson(logLineJson(piece));
    return;
  }
  if (piece.dropped > 0) terminal.note(`… ${piece.dropped} lines were not kept …`);
  const line = terminal.harmless(piece.line);
  const text = style.times ? `${terminal.paint(localClock(piece.at), "grey")} ${line}` : line;
  if (style.split && piece.stream !== "stdout") terminal.note(text);
  else terminal.print(text);
}
