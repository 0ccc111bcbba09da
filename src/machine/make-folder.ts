import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * A folder and those above it, one by one. Node's own way tells of a disk that is read-only as of a
 * folder that is missing, and turns in a circle where a file system has no folder made, such as in `/proc`.
 *
 * @throws the true reason, with the first folder that could not be made
 */
export async function makeFolder(path: string): Promise<void> {
  const above = dirname(path);
  try {
    await makeOne(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || above === path) throw error;
    await makeFolder(above);
    await makeOne(path);
  }
}

/** Somebody else may have made it meanwhile. */
async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (!(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
