import { constants } from "node:fs";
import { copyFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { newId } from "../../domain/ids.ts";
import { makeFolder } from "../../machine/make-folder.ts";

/** Puts a copy in its place, whole or not at all; where the file system can, it shares the bytes. */
export async function copyInPlace(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to));
  const draft = `${to}.${newId(Date.now())}.draft`;
  try {
    await copyFile(from, draft, constants.COPYFILE_FICLONE);
    await rename(draft, to);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
