import { createHash } from "node:crypto";
import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identify, ownIdentity } from "./process-identity.ts";

/**
 * Makes a folder among the machine's temporary ones that goes with this process. Its name says
 * whose it is, so that the next process finds what a killed one left.
 */
export async function makeProcessFolder(prefix: string): Promise<string> {
  const { pid, startedAt } = ownIdentity();
  return await mkdtemp(join(tmpdir(), `${hereWith(prefix)}${pid}-${hexOf(startedAt)}-`));
}

export async function removeProcessFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

/** What processes of this user on this machine have left that were killed. */
export async function leftProcessFolders(prefix: string): Promise<readonly string[]> {
  const here = hereWith(prefix);
  const left: string[] = [];
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    if (!name.startsWith(here)) continue;
    const found = /^(\d+)-([0-9a-f]+)-.{6}$/.exec(name.slice(here.length));
    if (found === null || isRunning(Number(found[1]), found[2] ?? "")) continue;
    const path = join(tmpdir(), name);
    if (await isOurs(path)) left.push(path);
  }
  return left;
}

/** Containers may share a folder for temporary files, but not the numbers of their processes. */
function hereWith(prefix: string): string {
  const host = createHash("sha256").update(ownIdentity().host).digest("hex").slice(0, 8);
  return `${prefix}${host}-`;
}

function isRunning(pid: number, startedAtHex: string): boolean {
  try {
    const found = identify(pid);
    return found !== undefined && hexOf(found.startedAt) === startedAtHex;
  } catch {
    return true;
  }
}

/** Nobody else's: it may say what it likes about processes. */
async function isOurs(path: string): Promise<boolean> {
  return await lstat(path).then(
    ({ uid }) => uid === process.getuid?.(),
    () => false,
  );
}

function hexOf(text: string): string {
  return Buffer.from(text).toString("hex");
}
