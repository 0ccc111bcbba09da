import { basename } from "node:path";
import type { Cell, Notebook } from "../../notebook/notebook.ts";
import { StopReason, TaskError } from "../../worker/handler.ts";
import type { CellFailure } from "./kernel/kernel.ts";
import type { ReadSource } from "./read-source.ts";

const excerptLines = 8;

export interface FaultPlace {
  readonly path: string;
  readonly read: ReadSource;
  readonly cell: Cell;
}

/** The author's mistake: which file, line and cell, what Python or whoever said, and the code. */
export function cellFault(failure: CellFailure, place: FaultPlace): TaskError {
  const line = lineOf(failure);
  const excerpt = excerptOf(place.cell, line);
  const message = `${placeOf(line, place)}: ${saidBy(failure)}\n${excerpt}`;
  return new TaskError("user_error", message, { details: excerpt });
}

/** Nobody's mistake for all that is known, so it is tried again; which cell it was helps to find out. */
export function lostInCell(why: string, place: FaultPlace): TaskError {
  const details = excerptOf(place.cell, undefined);
  return new TaskError("handler_error", `${placeOf(undefined, place)}: ${why}`, { details });
}

/** The evidence of an attempt that had no more time or memory: the cell that was running. */
export function stoppedInCell(reason: unknown, place: FaultPlace): unknown {
  if (!(reason instanceof StopReason)) return reason;
  if (reason.kind !== "timed_out" && reason.kind !== "out_of_memory") return reason;
  const details = `in ${placeOf(undefined, place)}:\n${excerptOf(place.cell, undefined)}`;
  return new TaskError(reason.kind, reason.message, { details });
}

function saidBy(failure: CellFailure): string {
  if (failure.kind === "timed_out") {
    return "the cell ran longer than a cell may; make it faster, or allow more";
  }
  const message = failure.message.trim();
  return message === "" ? failure.name : `${failure.name}: ${message}`;
}

function lineOf(failure: CellFailure): number | undefined {
  return failure.kind === "raised" ? failure.line : undefined;
}

function placeOf(inCell: number | undefined, { read, cell, path }: FaultPlace): string {
  const number = `cell ${cellNumber(read.notebook, cell)}`;
  if (path.endsWith(".ipynb")) return `${basename(path)}, ${number}`;
  const first = firstLineOf(read.text, cell);
  const line = inCell === undefined ? cell.line : first + inCell - 1;
  return `${basename(path)}, line ${line}, ${number}`;
}

/** From 1, in the source, whatever of it is published. */
export function cellNumber({ cells }: Notebook, { id }: Cell): number {
  return cells.findIndex((cell) => cell.id === id) + 1;
}

/** The first line of the cell that is not empty: there its source begins. */
function firstLineOf(text: string, { line }: Cell): number {
  const lines = text.split(/\r\n|\n|\r/);
  const isMarker = /^\s*(#|\/\/)\s*%%/.test(lines[line - 1] ?? "");
  const from = isMarker ? line : line - 1;
  const found = lines.findIndex((content, at) => at >= from && content.trim() !== "");
  return (found < 0 ? from : found) + 1;
}

/** The line that is wrong, marked, and those around it. */
function excerptOf({ source }: Cell, wrong: number | undefined): string {
  const lines = source.split("\n");
  const start = Math.max(0, Math.min((wrong ?? 1) - 5, lines.length - excerptLines));
  return lines
    .slice(start, start + excerptLines)
    .map((line, at) => `${start + at + 1 === wrong ? ">" : " "} ${line}`.trimEnd())
    .join("\n");
}
