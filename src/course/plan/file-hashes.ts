import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";

/** What is remembered of a file, so that it is read again only when it may have changed. */
export interface KnownFile {
  readonly size: number;
  readonly changedNs: string;
  readonly hash: string;
}

export type Hashed =
  | { readonly hash: string; readonly fault?: undefined }
  | { readonly hash?: undefined; readonly fault: string };

/** Hashes of files, those of the last build taken over where size and time are the same. */
export class FileHashes {
  readonly #before: ReadonlyMap<string, KnownFile>;
  readonly #now = new Map<string, KnownFile>();

  constructor(before: Iterable<readonly [string, KnownFile]> = []) {
    this.#before = new Map(before);
  }

  async of(path: string): Promise<string> {
    const seen = this.#now.get(path);
    if (seen !== undefined) return seen.hash;
    const facts = factsOf(path);
    const old = this.#before.get(path);
    const hash = old !== undefined && isSame(old, facts) ? old.hash : await hashOf(path);
    this.#now.set(path, { ...facts, hash });
    return hash;
  }

  /** Or why it cannot be read. */
  async tryOf(path: string): Promise<Hashed> {
    try {
      return { hash: await this.of(path) };
    } catch (error) {
      return { fault: (error as NodeJS.ErrnoException).code ?? String(error) };
    }
  }

  /** It has been written since it was asked for. */
  forget(path: string): void {
    this.#now.delete(path);
  }

  /** Of the files that were asked for. */
  known(): ReadonlyMap<string, KnownFile> {
    return this.#now;
  }
}

export function factsOf(path: string): Omit<KnownFile, "hash"> {
  const { size, mtimeNs } = statSync(path, { bigint: true });
  return { size: Number(size), changedNs: String(mtimeNs) };
}

export function isSame(a: Omit<KnownFile, "hash">, b: Omit<KnownFile, "hash">): boolean {
  return a.size === b.size && a.changedNs === b.changedNs;
}

export async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
