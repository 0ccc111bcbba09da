import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  leftProcessFolders,
  makeProcessFolder,
  removeProcessFolder,
} from "../../machine/process-folder.ts";
import { ownGitSetting } from "./git.ts";

const prefix = "clx-agent-";

/**
 * What the agents of one worker take for their user's home, and for the machine's folder of
 * temporary files.
 */
export class WorkerHome {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<WorkerHome> {
    const home = new WorkerHome(await makeProcessFolder(prefix));
    await mkdir(home.temp, { mode: 0o700 });
    await writeFile(join(home.path, ".gitconfig"), await gitIdentity());
    return home;
  }

  get temp(): string {
    return join(this.path, "tmp");
  }

  async remove(): Promise<void> {
    await removeProcessFolder(this.path);
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
  for (const path of await leftProcessFolders(prefix)) {
    await removeProcessFolder(path).catch(() => {});
  }
}
