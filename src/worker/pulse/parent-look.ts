import { constants, openSync, readSync } from "node:fs";

/** What a worker knows its parent by. */
export interface ParentSigns {
  readonly pid: number;
  readonly lifelineFd: number;
}

/**
 * Tells whether the worker's parent is gone, for whoever cannot wait for the main thread.
 *
 * A process whose parent ends is given another one. In a container it keeps the one it has, the
 * container's init; there the lifeline is a pipe, which is opened once more to look at its end.
 */
export function parentLook(parent: ParentSigns): () => boolean {
  const lifeline = reopened(parent.lifelineFd);
  return () => process.ppid !== parent.pid || (lifeline !== undefined && isAtItsEnd(lifeline));
}

/** Nothing where it is no pipe: then it is a socket, and the parent is a process beside us. */
function reopened(fd: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}

/** There is nothing on it after its first line, which has been read. */
function isAtItsEnd(fd: number): boolean {
  try {
    return readSync(fd, Buffer.alloc(1)) === 0;
  } catch {
    return false; // nothing is there to be read: whoever writes still has it open
  }
}
