import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { identify, ownIdentity } from "../../../machine/process-identity.ts";

const prefix = "clx-kernel-";

/**
 * A folder of one kernel: `work` is where its notebook runs, `tmp` what the notebook takes for
 * the machine's own; everything goes with the kernel. Its name says whose it is, so that the
 * next worker finds what a killed one left.
 */
export class KernelFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<KernelFolder> {
    const { pid, startedAt } = ownIdentity();
    const owner = `${prefix}${ownPlace()}-${pid}-${hexOf(startedAt)}-`;
    const path = await mkdtemp(join(tmpdir(), owner));
    const folder = new KernelFolder(path);
    for (const part of [folder.work, folder.temp, folder.settings]) {
      await mkdir(part, { mode: 0o700 });
    }
    return folder;
  }

  get work(): string {
    return join(this.path, "work");
  }

  get temp(): string {
    return join(this.path, "tmp");
  }

  get settings(): string {
    return join(this.path, "settings");
  }

  /** A copy: what a notebook writes never reaches the sources. */
  async add(relative: string, from: string): Promise<void> {
    const to = join(this.work, relative);
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }

  async writeSecret(name: string, text: string): Promise<string> {
    const path = join(this.path, name);
    await writeFile(path, text, { mode: 0o600, flag: "wx" });
    return path;
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

/** Removes the folders of processes of this machine that are no more. */
export async function removeLeftFolders(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const own = `${prefix}${ownPlace()}-`;
  for (const name of names.filter((one) => one.startsWith(own))) {
    const found = /^(\d+)-([0-9a-f]+)-.{6}$/.exec(name.slice(own.length));
    if (found === null || isRunning(Number(found[1]), found[2] ?? "")) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
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
