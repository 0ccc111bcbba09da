import type { Origin } from "../origin.ts";
import { describeOrigin } from "../origin.ts";
import type { Problem } from "../problem.ts";
import type { ValueSite } from "../schema/format.ts";
import { isAboutValue } from "../schema/formats.ts";
import type { Key } from "../schema/key.ts";

export type LayerName = "command line" | "environment" | "project" | "user" | "system";

/** A value that somebody set. */
export interface Setting {
  /** The full name of the key: `workers.notebook.count`. */
  readonly id: string;
  readonly value: unknown;
  readonly origin: Origin;
}

export interface Layer {
  readonly name: LayerName;
  readonly settings: ReadonlyMap<string, Setting>;
}

/** What was found in one place, the wrong with the right. */
export interface LayerReading extends Layer {
  readonly problems: readonly Problem[];
}

export interface Found {
  readonly id: string;
  readonly key: Key;
  readonly origin: Origin;
  readonly value: unknown;
  readonly site: ValueSite;
}

/** Collects the settings of one layer; a value that cannot be becomes a problem. */
export class LayerBuilder implements LayerReading {
  readonly name: LayerName;
  readonly settings = new Map<string, Setting>();
  readonly problems: Problem[] = [];

  constructor(name: LayerName) {
    this.name = name;
  }

  addToml({ id, key, origin, value, site }: Found): void {
    this.#add({ id, key, origin }, () => key.format.fromToml(value, site));
  }

  addText({ id, key, origin, value, site }: Found & { readonly value: string }): void {
    this.#add({ id, key, origin }, () => key.format.fromText(value, site));
  }

  /** A value that needs no reading. */
  add(setting: Setting, key: Key): void {
    const earlier = this.settings.get(setting.id);
    if (earlier === undefined) this.settings.set(setting.id, setting);
    else if (isDifferent(earlier, setting, key)) this.#tellConflict(earlier, setting, key);
  }

  tell(problem: Problem): void {
    this.problems.push(problem);
  }

  #add({ id, key, origin }: Pick<Found, "id" | "key" | "origin">, read: () => unknown): void {
    try {
      this.add({ id, origin, value: read() }, key);
    } catch (error) {
      if (!isAboutValue(error)) throw error;
      this.tell({ key: id, origin, message: error.message });
    }
  }

  #tellConflict(earlier: Setting, later: Setting, { format }: Key): void {
    const says = ({ value, origin }: Setting) =>
      `${format.toToml(value)} (${describeOrigin(origin)})`;
    const message = `${later.id} is ${says(later)} and ${says(earlier)} at once; keep one of them`;
    this.tell({ key: later.id, origin: later.origin, message });
  }
}

function isDifferent(a: Setting, b: Setting, { format }: Key): boolean {
  return format.toToml(a.value) !== format.toToml(b.value);
}
