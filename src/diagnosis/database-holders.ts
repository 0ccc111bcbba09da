import type { ByteRange, FileHolder } from "../machine/file-holders.ts";
import { holdersOf } from "../machine/file-holders.ts";

/** A process that has a database open, and whether others must wait for it to write. */
export interface DatabaseHolder {
  readonly pid: number;
  readonly command: string;
  readonly keepsOthersOut: boolean;
}

/** In the database file of a SQLite database without WAL: its pending and reserved bytes. */
const reservedBytes: ByteRange = { start: 0x40000000, end: 0x40000001 };
/** All that readers lock one byte of; locked for writing it is an exclusive lock. */
const sharedBytes: ByteRange = { start: 0x40000002, end: 0x40000002 + 509 };
/** In the `-shm` file of one with WAL. */
const walWriteByte: ByteRange = { start: 120, end: 120 };

/** Other processes that have the database open. */
export function holdersOfDatabase(path: string): DatabaseHolder[] {
  const ofFile = holdersOf(path);
  const ofShm = holdersOf(`${path}-shm`);
  const pids = new Set([...ofFile, ...ofShm].map(({ pid }) => pid));
  return [...pids].map((pid) => {
    const file = ofFile.find((holder) => holder.pid === pid);
    const shm = ofShm.find((holder) => holder.pid === pid);
    return {
      pid,
      command: file?.command ?? shm?.command ?? "",
      keepsOthersOut:
        hasLocked(file, reservedBytes) ||
        hasLocked(file, sharedBytes) ||
        hasLocked(shm, walWriteByte),
    };
  });
}

function hasLocked(holder: FileHolder | undefined, { start, end }: ByteRange): boolean {
  return holder?.writeLocks.some((lock) => lock.start <= end && lock.end >= start) ?? false;
}

/** `process 123 (node worker.js)` */
export function holderWords({ pid, command }: DatabaseHolder): string {
  return command === "" ? `process ${pid}` : `process ${pid} (${command})`;
}
