import { createHash } from "node:crypto";
import { constants } from "node:fs";
import {
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ProcessIdentity } from "../../../domain/worker.ts";
import { identify, isAlive, ownIdentity } from "../../../machine/process-identity.ts";
import { followTree } from "../../../machine/process-tree.ts";

const prefix = "clx-kernel-";
const processFile = "process.json";

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
    await rm(this.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

/** Ends the kernels that killed workers of this machine have left, and removes their folders. */
export async function removeLeftFolders(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const own = `${prefix}${ownPlace()}-`;
  for (const name of names.filter((one) => one.startsWith(own))) {
    const found = /^(\d+)-([0-9a-f]+)-.{6}$/.exec(name.slice(own.length));
    if (found === null || isRunning(Number(found[1]), found[2] ?? "")) continue;
    await removeLeft(join(tmpdir(), name)).catch(() => {});
  }
}

/** Nobody else's: it may say what it likes about processes. */
async function removeLeft(path: string): Promise<void> {
  const { uid } = await lstat(path);
  if (uid !== process.getuid?.()) return;
  const kernel = await readIdentity(join(path, processFile));
  if (kernel !== undefined && isAlive(kernel) === true) {
    await followTree({ root: kernel }).end({ graceMs: 0 });
  }
  await rm(path, { recursive: true, force: true });
}

async function readIdentity(file: string): Promise<ProcessIdentity | undefined> {
  try {
    const { pid, startedAt } = JSON.parse(await readFile(file, "utf8")) as ProcessIdentity;
    return { ...ownIdentity(), pid, startedAt };
  } catch {
    return undefined;
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
