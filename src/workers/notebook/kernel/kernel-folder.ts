import { constants } from "node:fs";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ProcessIdentity } from "../../../domain/worker.ts";
import {
  leftProcessFolders,
  makeProcessFolder,
  removeProcessFolder,
} from "../../../machine/process-folder.ts";
import { isAlive, ownIdentity } from "../../../machine/process-identity.ts";
import { followTree } from "../../../machine/process-tree.ts";

const prefix = "clx-kernel-";
const processFile = "process.json";

/**
 * A folder of one kernel: `work` is where its notebook runs, `tmp` what the notebook takes for
 * the machine's own; everything goes with the kernel.
 */
export class KernelFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<KernelFolder> {
    const folder = new KernelFolder(await makeProcessFolder(prefix));
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

  async addText(relative: string, text: string): Promise<void> {
    const to = join(this.work, relative);
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, text);
  }

  async writeSecret(name: string, text: string): Promise<string> {
    const path = join(this.path, name);
    await writeFile(path, text, { mode: 0o600, flag: "wx" });
    return path;
  }

  /** So that it can be found when nobody else knows of it any more. */
  async noteProcess({ pid, startedAt }: ProcessIdentity): Promise<void> {
    await this.writeSecret(processFile, JSON.stringify({ pid, startedAt }));
  }

  async remove(): Promise<void> {
    await removeProcessFolder(this.path);
  }
}

/** Ends the kernels that killed workers of this machine have left, and removes their folders. */
export async function removeLeftFolders(): Promise<void> {
  for (const path of await leftProcessFolders(prefix)) await removeLeft(path).catch(() => {});
}

async function removeLeft(path: string): Promise<void> {
  const kernel = await readIdentity(join(path, processFile));
  if (kernel !== undefined && isAlive(kernel) === true) {
    await followTree({ root: kernel }).end({ graceMs: 0 });
  }
  await removeProcessFolder(path);
}

async function readIdentity(file: string): Promise<ProcessIdentity | undefined> {
  try {
    const { pid, startedAt } = JSON.parse(await readFile(file, "utf8")) as ProcessIdentity;
    return { ...ownIdentity(), pid, startedAt };
  } catch {
    return undefined;
  }
}
