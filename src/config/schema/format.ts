import type { JsonValue } from "../../domain/json.ts";

/** What a value may be, and its three spellings: in TOML, in a variable or option, in JSON. */
export interface Format<T> {
  /** One or two words for a table: "duration", "true or false". */
  readonly name: string;
  /** @throws ClxError `invalid_value`, whose message begins with `site.what` */
  fromToml(value: unknown, site: ValueSite): T;
  /** The same for text: a variable, an option. */
  fromText(text: string, site: ValueSite): T;
  /** As it would stand in a file. */
  toToml(value: T): string;
  /** As `clx config show --format json` prints it; read by `fromToml`, it gives the value again. */
  toJson(value: T): JsonValue;
  /** JSON Schema of its spelling in TOML. */
  readonly schema: { readonly [keyword: string]: JsonValue };
}

/** Where a value stands. */
export interface ValueSite {
  /** How errors call it: a key, a variable, an option. */
  readonly what: string;
  /** Relative paths start here. */
  readonly folder: string;
  /** What a leading `~` stands for. */
  readonly home: string;
}
