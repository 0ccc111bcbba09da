import { createHash } from "node:crypto";
import { lstat, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identify, ownIdentity } from "../../machine/process-identity.ts";

import { ownGitSetting } from "./git.ts";

const prefix = "clx-agent-";

/**
 * What the agents of one worker take for their user's home, and for the machine's folder of
 * temporary files. Its name says whose it is, so that the next worker finds what a killed one left.
 */
export class WorkerHome {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<WorkerHome> {
    const { pid, startedAt } = ownIdentity();
    const owner = `${prefix}${ownPlace()}-${pid}-${hexOf(startedAt)}-`;
    const home = new WorkerHome(await mkdtemp(join(tmpdir(), owner)));
    await mkdir(home.temp, { mode: 0o700 });
    await writeFile(join(home.path, ".gitconfig"), await gitIdentity());
    return home;
  }

  get temp(): string {
    return join(this.path, "tmp");
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

/** Who commits: the user of the worker, of whose settings an agent sees nothing else. */
async function gitIdentity(): Promise<string> {
  const name = (await ownGitSetting("user.name")) || "clx agent";
  const email = (await ownGitSetting("user.email")) || "agent@localhost";
  return `[user]\n\tname = ${JSON.stringify(name)}\n\temail = ${JSON.stringify(email)}\n`;
}

/** Removes the homes of workers of this machine that were killed. */
export async function removeLeftHomes(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const own = `${prefix}${ownPlace()}-`;
  for (const name of names.filter((one) => one.startsWith(own))) {
    const found = /^(\d+)-([0-9a-f]+)-.{6}$/.exec(name.slice(own.length));
    if (found === null || isRunning(Number(found[1]), found[2] ?? "")) continue;
    await removeOurs(join(tmpdir(), name)).catch(() => {});
  }
}

async function removeOurs(path: string): Promise<void> {
  const { uid } = await lstat(path);
  if (uid === process.getuid?.()) await rm(path, { recursive: true, force: true });
}

function isRunning(pid: number, startedAtHex: string): boolean {
  try {
    const found = identify(pid);
    return found !== undefined && hexOf(found.startedAt) === startedAtHex;
  } catch {
    return true;
  }
}

/** Containers may share a folder for temporary files, but not the numbers of their processes. */
function ownPlace(): string {
  return createHash("sha256").update(ownIdentity().host).digest("hex").slice(0, 8);
}

function hexOf(text: string): string {
  return Buffer.from(text).toString("hex");
}
