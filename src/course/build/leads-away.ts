import { lstatSync } from "node:fs";
import { dirname } from "node:path";
import { isBelow } from "../relative-to.ts";

/**
 * Whether a link below one of these folders brings us to another place than the path says. They
 * are written by workers, also by such that can reach nothing else: what we do in there must not
 * reach further for them. A link on the way to a folder is the user's own.
 */
export function leadsAway(path: string, folders: readonly string[]): boolean {
  const root = folders.find((folder) => isBelow(folder, path));
  if (root === undefined) return false;
  for (let at = path; at !== root && at !== dirname(at); at = dirname(at)) {
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink()) return true;
  }
  return false;
}
