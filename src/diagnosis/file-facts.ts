import { accessSync, constants, statfsSync, statSync } from "node:fs";
import { userInfo } from "node:os";

/** Who owns a file or folder, and what we may do with it. */
export interface FileFacts {
  readonly path: string;
  readonly isFolder: boolean;
  readonly size: number;
  /** The last nine bits: who may do what. */
  readonly mode: number;
  readonly owner: number;
  readonly isReadable: boolean;
  readonly isWritable: boolean;
}

/** `undefined` when there is none, or we may not even look. */
export function factsOf(path: string): FileFacts | undefined {
  try {
    const stats = statSync(path);
    return {
      path,
      isFolder: stats.isDirectory(),
      size: stats.size,
      mode: stats.mode & 0o777,
      owner: stats.uid,
      isReadable: may(path, constants.R_OK),
      isWritable: may(path, constants.W_OK),
    };
  } catch {
    return undefined;
  }
}

export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function may(path: string, right: number): boolean {
  try {
    accessSync(path, right);
    return true;
  } catch {
    return false;
  }
}

/** `mode 644, owner 1000; we are 1001` */
export function rightsWords({ mode, owner }: FileFacts): string {
  const { uid } = userInfo();
  const who = uid === owner ? "ours" : `owner is user ${owner}, we are user ${uid}`;
  return `mode ${mode.toString(8)}, ${who}`;
}

export interface FileSystemFacts {
  readonly free: number;
  readonly total: number;
  /** Of a kind that is shared with other machines or with a host, where locks are unreliable. */
  readonly shared?: string;
}

export function fileSystemOf(folder: string): FileSystemFacts {
  const { bavail, blocks, bsize, type } = statfsSync(folder);
  const shared = process.platform === "linux" ? sharedKinds.get(type >>> 0) : undefined;
  return { free: bavail * bsize, total: blocks * bsize, ...(shared !== undefined && { shared }) };
}

/** From statfs(2). */
const sharedKinds: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x01021997, "9p (a folder of Windows or of a virtual machine's host)"],
  [0x65735546, "FUSE"],
  [0x786f4256, "a VirtualBox shared folder"],
  [0x00c36400, "Ceph"],
]);
