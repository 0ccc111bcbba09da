import { chownSync, globSync, statSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";

export interface Caller {
  readonly uid: number;
  readonly gid: number;
}

/** Not the administrator, where we may be somebody else: of the group that may use the engine. */
export function callerBeside({ modem }: Docker): Caller {
  const { socketPath } = modem as { readonly socketPath?: string };
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()];
  if (uid !== 0 || socketPath === undefined) return { uid, gid };
  return { uid: 4321, gid: statSync(socketPath).gid };
}

export function giveTo(folder: string, { uid, gid }: Caller): void {
  const inside = globSync("**/*", { cwd: folder, exclude: [] }).map((path) => join(folder, path));
  for (const path of [folder, join(folder, ".clx"), join(folder, ".clx/config.toml"), ...inside]) {
    chownSync(path, uid, gid);
  }
}
