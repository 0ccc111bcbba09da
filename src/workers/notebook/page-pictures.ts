import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { nearestName } from "../../domain/nearest-name.ts";
import { mediaOf, type Picture } from "../../notebook/page/picture.ts";
import type { NotebookPayload } from "./notebook-payload.ts";

/** A film of an hour stays beside its page: browsers do not read pages of gigabytes. */
const largestHeld = 32 * 1024 ** 2;

/** What pages show: what the task names, or else what is beside the source. Read once. */
export class PagePictures {
  readonly #source: string;
  readonly #named: ReadonlyMap<string, string> | undefined;
  readonly #known = new Map<string, Picture | undefined>();

  constructor({ source, pictures, workingFiles }: NotebookPayload) {
    this.#source = source;
    this.#named =
      pictures && new Map([...workingFiles, ...pictures].map((one) => [one.relative, one.path]));
  }

  find(relative: string): Picture | undefined {
    if (this.#known.has(relative)) return this.#known.get(relative);
    const path =
      this.#named === undefined ? besides(this.#source, relative) : namedIn(this.#named, relative);
    const picture = path === undefined ? undefined : readPicture(path);
    this.#known.set(relative, picture);
    return picture;
  }

  /** The name that was probably meant by one that is none. */
  nearest(relative: string): string | undefined {
    if (this.#named === undefined || namedIn(this.#named, relative) !== undefined) return undefined;
    const names = [...this.#named.keys()].filter((name) => mediaOf(name) !== undefined);
    return nearestName(relative, names);
  }
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
