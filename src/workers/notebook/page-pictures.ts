import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { mediaOf, type Picture } from "../../notebook/page/picture.ts";
import type { NotebookPayload } from "./notebook-payload.ts";

/** A film of an hour stays beside its page: browsers do not read pages of gigabytes. */
const largestHeld = 32 * 1024 ** 2;

/** Finds what pages show: what the task names, or else what is beside the source. Read once. */
export function picturesOf(payload: NotebookPayload): (relative: string) => Picture | undefined {
  const named =
    payload.pictures &&
    new Map([...payload.workingFiles, ...payload.pictures].map((one) => [one.relative, one.path]));
  const known = new Map<string, Picture | undefined>();
  return (relative) => {
    if (known.has(relative)) return known.get(relative);
    const path = named === undefined ? besides(payload.source, relative) : namedIn(named, relative);
    const picture = path === undefined ? undefined : readPicture(path);
    known.set(relative, picture);
    return picture;
  };
}

/** A source in a folder of its topic leads out of it, to where the pictures of all are. */
function namedIn(named: ReadonlyMap<string, string>, relative: string): string | undefined {
  return named.get(relative) ?? named.get(relative.replace(/^(\.\.\/)+/, ""));
}

export function readPicture(path: string): Picture | undefined {
  const media = mediaOf(path);
  if (media === undefined) return undefined;
  try {
    if (statSync(path).size > largestHeld) return undefined;
    return { media, bytes: readFileSync(path) };
  } catch {
    return undefined;
  }
}

/** Within the folder of the source, links followed: a page takes nothing else of the machine. */
function besides(source: string, relative: string): string | undefined {
  try {
    const folder = realpathSync(dirname(source));
    const path = realpathSync(join(folder, relative));
    return path.startsWith(folder + sep) ? path : undefined;
  } catch {
    return undefined;
  }
}
