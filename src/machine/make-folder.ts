import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * A folder and those above it. Node tells of a disk that is read-only as of a folder that is
 * missing; this tells the true reason, with the first folder that could not be made.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const above = dirname(path);
    if (above !== path) await makeFolder(above);
    await mkdir(path).catch((again: NodeJS.ErrnoException) => {
      // Somebody else has made it meanwhile.
      if (again.code !== "EEXIST") throw again;
    });
  }
}
