import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { StoredLogLine } from "../task-store.ts";

/**
 * The middle of long logs: a file for each task that has one, beside the database.
 *
 * The database keeps the first and the last lines of a task. Those that would have to go from it are
 * appended here, in the transaction that takes them out, as JSON lines in the order of their cursors.
 * So a log can have a hundred megabytes, and the database stays small and quick.
 *
 * - Only the database says what there is: of a file only those lines count whose cursors are between
 *   the first lines and the last ones. What a transaction that came to nothing has left is passed over,
 *   and taken off by the next writer, as is a record that a crash has cut in two.
 * - A writer has the lock of the database, so there is one at a time.
 * - The file is not synced: lines that a power cut takes are missing, and told as missing. The same
 *   goes for a disk that is full, and for what is above {@link longLogCap}. No task fails for its log.
 */
export function longLogFolder(databasePath: string): string {
  return `${databasePath}-long-logs`;
}

/** Of a file, bytes. */
export const longLogCap = 1_073_741_824;

/** No record is longer: a line has at most 4,096 characters, and each takes at most six bytes. */
const longestRecord = 32_768;
const chunkSize = 262_144;
/** The cursor of a record is within so many of its first characters. */
const longestName = 17;

/** An id comes from whoever submits; as a name it must not lead out of the folder. */
function fileOf(databasePath: string, taskId: string): string {
  const name = encodeURIComponent(taskId).replaceAll(".", "%2E");
  return join(longLogFolder(databasePath), `${name}.jsonl`);
}

/** Undefined for a file that is none of ours. */
export function taskOfLongLog(name: string): string | undefined {
  try {
    return name.endsWith(".jsonl") ? decodeURIComponent(name.slice(0, -6)) : undefined;
  } catch {
    return undefined;
  }
}

export interface LongLogAddress {
  readonly databasePath: string;
  readonly taskId: string;
}

/** Lines in the order of their cursors. */
export function appendToLongLog(
  { databasePath, taskId }: LongLogAddress,
  lines: readonly StoredLogLine[],
  cap = longLogCap,
): void {
  try {
    const mode = statSync(databasePath).mode & 0o666;
    mkdirSync(longLogFolder(databasePath), { recursive: true, mode: mode | ((mode >> 2) & 0o111) });
    const file = openSync(fileOf(databasePath, taskId), "a+", mode);
    try {
      append(file, lines, cap);
    } finally {
      closeSync(file);
    }
  } catch {
    // What could not be kept is told as missing to whoever reads.
  }
}

function append(file: number, lines: readonly StoredLogLine[], cap: number): void {
  const size = cutBefore(file, lines[0]?.cursor ?? Number.POSITIVE_INFINITY);
  const bytes = Buffer.from(lines.map(recordOf).join(""));
  if (size + bytes.length > cap) return;
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  } catch (error) {
    ftruncateSync(file, size);
    throw error;
  }
}

/**
 * What follows in the file was written by transactions that came to nothing: these lines are in the
 * database until now. Returns where the file ends then.
 */
function cutBefore(file: number, cursor: number): number {
  const { size, last } = soundEnd(file);
  if (last < cursor) return size;
  const near = offsetNear(file, cursor - 1, size);
  const text = read(file, near, chunkSize + 2 * longestRecord).toString("latin1");
  let begin = 0;
  while (cursorOf(text.slice(begin, begin + longestName)) < cursor) {
    const end = text.indexOf("\n", begin) + 1;
    if (end === 0) break;
    begin = end;
  }
  ftruncateSync(file, near + begin);
  return near + begin;
}

/** Where the last whole record ends, and its cursor. */
function soundEnd(file: number): { size: number; last: number } {
  const { size } = fstatSync(file);
  const from = Math.max(0, size - 2 * longestRecord);
  const text = read(file, from, size - from).toString("latin1");
  const end = text.lastIndexOf("\n") + 1;
  if (end < text.length) ftruncateSync(file, from + end);
  const begin = end === 0 ? 0 : text.lastIndexOf("\n", end - 2) + 1;
  return { size: from + end, last: end === 0 ? 0 : cursorOf(text.slice(begin, end)) };
}

function recordOf({ cursor, attempt, at, stream, line }: StoredLogLine): string {
  return `${JSON.stringify([cursor, attempt, at, stream, line])}\n`;
}

function cursorOf(record: string): number {
  return Number.parseInt(record.slice(1, longestName), 10);
}

/** Between two cursors, neither of them included. */
export interface Stretch {
  readonly after: number;
  readonly before: number;
  readonly limit: number;
}

export function firstOfLongLog(address: LongLogAddress, stretch: Stretch): StoredLogLine[] {
  return withFile(address, (file) => readStretch(file, stretch));
}

export function lastOfLongLog(
  address: LongLogAddress,
  { after, before, limit }: Stretch,
): StoredLogLine[] {
  return withFile(address, (file) => {
    // Cursors follow each other but for what could not be kept.
    for (let reach = limit; ; reach *= 8) {
      const from = Math.max(after, before - 1 - reach);
      const lines = readStretch(file, { after: from, before, limit: Number.POSITIVE_INFINITY });
      if (lines.length >= limit || from === after) return lines.slice(-limit);
    }
  });
}

export function removeLongLog({ databasePath, taskId }: LongLogAddress): void {
  try {
    rmSync(fileOf(databasePath, taskId), { force: true });
  } catch {
    // Nobody asks for it any more.
  }
}

function withFile(
  { databasePath, taskId }: LongLogAddress,
  use: (file: number) => StoredLogLine[],
): StoredLogLine[] {
  let file: number;
  try {
    file = openSync(fileOf(databasePath, taskId), "r");
  } catch {
    return [];
  }
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

function readStretch(file: number, { after, before, limit }: Stretch): StoredLogLine[] {
  const { size } = fstatSync(file);
  const lines: StoredLogLine[] = [];
  let rest: Buffer = Buffer.alloc(0);
  for (let at = offsetNear(file, after, size); at < size && lines.length < limit; ) {
    const chunk = read(file, at, Math.min(chunkSize, size - at));
    if (chunk.length === 0) break;
    at += chunk.length;
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(10) + 1;
    rest = bytes.subarray(end);
    for (const record of bytes.toString("utf8", 0, end).split("\n")) {
      const cursor = cursorOf(record);
      if (!(cursor > after)) continue;
      if (cursor >= before || lines.length >= limit) return lines;
      lines.push(lineOf(record));
    }
  }
  return lines;
}

/** The beginning of a record, at most a chunk before the first one after the cursor. */
function offsetNear(file: number, after: number, size: number): number {
  let low = 0;
  let high = size;
  while (high - low > chunkSize) {
    const middle = Math.floor((low + high) / 2);
    const text = read(file, middle, 2 * longestRecord).toString("latin1");
    const begin = text.indexOf("\n") + 1;
    const isBefore = begin > 0 && cursorOf(text.slice(begin)) <= after;
    if (isBefore) low = middle + begin;
    else high = middle;
  }
  return low;
}

function read(file: number, at: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  return buffer.subarray(0, readSync(file, buffer, 0, length, at));
}

function lineOf(record: string): StoredLogLine {
  const [cursor, attempt, at, stream, line] = JSON.parse(record) as [
    number,
    number,
    number,
    StoredLogLine["stream"],
    string,
  ];
  return { cursor, attempt, at, stream, line };
}
