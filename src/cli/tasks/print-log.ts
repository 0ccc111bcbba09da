import type { AgentLines } from "../present/agent-lines.ts";
import { logLineJson } from "../present/json-shapes.ts";
import { localClock } from "../present/time.ts";
import type { Terminal } from "../terminal.ts";
import type { LogPiece } from "./log-reader.ts";

export interface LogStyle {
  readonly times: boolean;
  /** Only what the program wrote to its stdout goes to ours. */
  readonly split: boolean;
  /** Of an agent's task: its conversation is told in words. */
  readonly agent?: AgentLines;
}

export function printLogLine(terminal: Terminal, piece: LogPiece, style: LogStyle): void {
  if (terminal.json) {
    terminal.printJson(logLineJson(piece));
    return;
  }
  if (piece.dropped > 0) terminal.note(`… ${piece.dropped} lines were not kept …`);
  const time = style.times ? `${terminal.paint(localClock(piece.at), "grey")} ` : "";
  const told = piece.stream === "log" ? style.agent?.of(piece.line) : undefined;
  for (const { text, colour, isSaid } of told ?? []) {
    const line = `${time}${terminal.paint(terminal.harmless(text), colour)}`;
    if (style.split && !isSaid) terminal.note(line);
    else terminal.print(line);
  }
  if (told !== undefined) return;
  const text = `${time}${terminal.harmless(piece.line)}`;
  if (style.split && piece.stream !== "stdout") terminal.note(text);
  else terminal.print(text);
}
