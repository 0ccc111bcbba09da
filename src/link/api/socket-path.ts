import { closeSync, constants, openSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ClxError } from "../../domain/errors.ts";

export interface SocketPath {
  /** As the system takes it. */
  readonly path: string;
  /** Once nobody listens or connects by it any more. */
  close(): void;
}

/** Of the bytes that the name of a unix socket may have, the last is a zero. */
const longest = process.platform === "linux" ? 107 : 103;

/**
 * The path of a unix socket, however long: one that is longer than the system takes leads through
 * its opened folder, which Linux shows under a short name.
 *
 * @throws ClxError `invalid_value` where there is no such way
 */
export function socketPath(wanted: string): SocketPath {
  if (Buffer.byteLength(wanted) <= longest) return { path: wanted, close: () => {} };
  if (process.platform !== "linux") throw tooLong(wanted);
  const folder = openSync(dirname(wanted), constants.O_RDONLY | constants.O_DIRECTORY);
  return {
    path: join("/proc/self/fd", String(folder), basename(wanted)),
    close: () => closeSync(folder),
  };
}

function tooLong(path: string): ClxError {
  return new ClxError(
    "invalid_value",
    `a unix socket cannot be named ${path}: the name is longer than ${longest} bytes; keep the database in a folder with a shorter path, or let workers connect by TCP`,
  );
}
