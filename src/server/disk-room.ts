import { statfs } from "node:fs/promises";
import { dirname } from "node:path";

/** Less is no room for another task: a commit writes some pages, and their index. */
const leastRoom = 262_144;

/** Where the database is. A disk that does not tell is taken to have room. */
export async function isDiskFull(databasePath: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(dirname(databasePath));
    return bavail * bsize < leastRoom;
  } catch {
    return false;
  }
}
