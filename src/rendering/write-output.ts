import { createHash } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "../machine/make-folder.ts";
import { TaskError } from "../worker/handler.ts";
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
 * @throws TaskError when it can never be written there, or there is no room; other errors may pass
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
    throw whyNotWritten(path, error);
  }
  return { ...facts, changed: true };
}

/** A disk that is full may have room again. */
function whyNotWritten(path: string, error: unknown): unknown {
  const reason = reasonOf(error);
  if (reason !== undefined) return userError(`the file ${path} cannot be written: ${reason}`);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  const said = message.replace(/, \w+.*$/s, "");
  return new TaskError("handler_error", `the file ${path} cannot be written: ${said}`);
}

async function replace(path: string, bytes: Uint8Array, attempt: string): Promise<void> {
  await makeFolder(dirname(path));
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
