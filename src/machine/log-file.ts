import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  truncateSync,
} from "node:fs";

export interface RotationRule {
  readonly maxBytes: number;
  readonly backups: number;
}

export const defaultRotation: RotationRule = { maxBytes: 10 * 1024 * 1024, backups: 3 };

/** A writer without pause would have us copy for ever. */
const maxLateRounds = 20;

/**
 * Rotates a log that other processes hold open: its content moves to `path.1`, older copies move
 * one number up, and the file itself is emptied in place. Whoever appends (O_APPEND) goes on at
 * its start. What is appended while we copy is copied too; only what comes in the last
 * microseconds before the emptying is lost. A log has one rotator. Returns whether it was large.
 */
export function rotateWhenLarge(path: string, rule: RotationRule = defaultRotation): boolean {
  if (sizeOf(path) < rule.maxBytes) return false;
  for (let number = rule.backups - 1; number >= 1; number--) {
    if (existsSync(`${path}.${number}`)) renameSync(`${path}.${number}`, `${path}.${number + 1}`);
  }
  copyFileSync(path, `${path}.1`);
  for (let round = 0; round < maxLateRounds && copyLateLines(path); round++);
  truncateSync(path);
  return true;
}

function copyLateLines(path: string): boolean {
  const late = readFrom(path, sizeOf(`${path}.1`));
  if (late.length > 0) appendFileSync(`${path}.1`, late);
  return late.length > 0;
}

/** The last whole lines of a file, at most `maxCharacters`; "" when there is no file. */
export function tailOf(path: string, maxCharacters = 1_000): string {
  const size = sizeOf(path);
  const bytesPerCharacter = 4;
  const start = Math.max(0, size - (maxCharacters + 1) * bytesPerCharacter);
  const text = readFrom(path, start).toString("utf8").trimEnd();
  if (start === 0 && text.length <= maxCharacters) return text;
  const tail = text.slice(-maxCharacters);
  const lineIsWhole = text.at(-maxCharacters - 1) === "\n";
  const lineEnd = tail.indexOf("\n");
  return lineIsWhole || lineEnd === -1 ? tail : tail.slice(lineEnd + 1);
}

function sizeOf(path: string): number {
  return withFile(path, 0, (file) => fstatSync(file).size);
}

function readFrom(path: string, start: number): Buffer {
  return withFile(path, Buffer.alloc(0), (file) => {
    const buffer = Buffer.alloc(Math.max(0, fstatSync(file).size - start));
    return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, start));
  });
}

function withFile<T>(path: string, otherwise: T, use: (file: number) => T): T {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return otherwise;
    throw error;
  }
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}
