import type { Format } from "./format.ts";

/** One key of the configuration: all that checks, defaults, documents and template are made from. */
export interface Key<T = unknown, Default extends T | undefined = T | undefined>
  extends KeyFacts<T> {
  readonly default: Default;
  /** What holds when nobody sets it and it has no default. */
  readonly unset?: string;
}

interface KeyFacts<T> {
  readonly format: Format<T>;
  /** One or two sentences. */
  readonly doc: string;
  /** Another key, of `[workers]`, that is asked when a worker type does not say it. */
  readonly inherits?: string;
  /** Variables of earlier systems; weaker than the one named after the key. */
  readonly legacy?: readonly string[];
  readonly flags?: readonly Flag[];
  /** How a template shows it when there is no default; in TOML. */
  readonly example?: string;
}

/** An option of the command line. */
export interface Flag {
  /** Without dashes; `<type>` stands for a worker type. */
  readonly name: string;
  /** What the option's presence means, if it takes no value. */
  readonly means?: boolean;
  /** How its value is called in the help. */
  readonly value?: string;
  readonly help: string;
}

/** The type of a key's value once it is looked up. */
export type ValueOf<K> =
  K extends Key<infer T, infer Default> ? (undefined extends Default ? T | undefined : T) : never;

export type Keys = Readonly<Record<string, Key>>;

export function key<T>(facts: KeyFacts<T> & { readonly default: NoInfer<T> }): Key<T, T> {
  return facts;
}

export function optionalKey<T>(facts: KeyFacts<T> & { readonly unset: string }): Key<T, undefined> {
  return { ...facts, default: undefined };
}
