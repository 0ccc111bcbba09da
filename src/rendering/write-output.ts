import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { reasonOf, userError } from "./user-error.ts";

export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** False when the file had these bytes already. */
  readonly changed: boolean;
}

/**
 * Puts a file in its place, whole or not at all: it is written beside it under a name of its
 * own, brought to disk and renamed. A file that has these bytes already is left alone.
 *
 * @throws TaskError when it can never be written there; other errors may pass
 */
export async function writeOutput(
  path: string,
  content: string | Uint8Array,
  attempt: string,
): Promise<WrittenFile> {
  const bytes = Buffer.from(content as Uint8Array);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const facts = { path, bytes: bytes.length, sha256 };
  const old = await readFile(path).catch(() => undefined);
  if (old?.equals(bytes)) return { ...facts, changed: false };
  try {
    await replace(path, bytes, attempt);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    throw userError(`the file ${path} cannot be written: ${reason}`);
  }
  return { ...facts, changed: true };
}

async function replace(path: string, bytes: Uint8Array, attempt: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${attempt}.draft`;
  try {
    await writeDurably(draft, bytes);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
