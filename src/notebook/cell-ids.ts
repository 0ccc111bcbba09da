import { createHash } from "node:crypto";

/**
 * Names for cells that depend on their source alone, so that a cell is called the same in every
 * kind, format and language, and stays so when others come before it.
 */
export class CellIds {
  readonly #given = new Set<string>();

  /** `index` tells equal cells apart. */
  next(source: string, index: number): string {
    const hash = createHash("sha3-224").update(source);
    let id = shorten(hash.copy().digest("hex"));
    for (let at = index; this.#given.has(id); at += 1) {
      hash.update(`${at}:${source}`);
      id = shorten(hash.copy().digest("hex"));
    }
    this.#given.add(id);
    return id;
  }
}

function shorten(digest: string): string {
  return digest.slice(0, 16);
}
