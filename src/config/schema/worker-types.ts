import type { ValueOf } from "./key.ts";
import type { typeKeys } from "./keys.ts";

const gib = 1024 ** 3;
const mib = 1024 ** 2;
const minute = 60_000;

export type TypeDefaults = {
  readonly [Name in keyof typeof typeKeys]?: ValueOf<(typeof typeKeys)[Name]>;
};

export interface BuiltInType {
  readonly doc: string;
  readonly defaults: TypeDefaults;
  /** In TOML, of keys that have no default. */
  readonly examples: { readonly [Name in keyof typeof typeKeys]?: string };
}

/** The worker types whose names are ours, and where they differ from the defaults of `[workers]`. */
export const builtInTypes: Readonly<Record<string, BuiltInType>> = {
  notebook: {
    doc: "publishes notebooks: runs them, writes pages and files",
    defaults: { max_job_time: 10 * minute, expected_memory: 512 * mib },
    examples: { memory_limit: '"1g"', image: '"mhoelzl/clx-notebook-processor:0.5.0"' },
  },
  plantuml: {
    doc: "draws PlantUML diagrams",
    defaults: { max_job_time: 5 * minute, expected_memory: 512 * mib },
    examples: { memory_limit: '"1g"', image: '"mhoelzl/clx-plantuml-converter:0.5.0"' },
  },
  drawio: {
    doc: "draws draw.io diagrams",
    defaults: { max_job_time: 5 * minute, expected_memory: 512 * mib },
    examples: { memory_limit: '"1g"', image: '"mhoelzl/clx-drawio-converter:0.5.0"' },
  },
  command: { doc: "runs programs", defaults: {}, examples: { memory_limit: '"8g"' } },
  agent: {
    doc: "has coding agents work",
    defaults: { max_job_time: 60 * minute, expected_memory: 512 * mib },
    examples: { memory_limit: '"4g"' },
  },
};

/** Of types that do not ship. A simulation is what people give the whole machine to. */
export const ownTypeDefaults: Readonly<Record<string, TypeDefaults>> = {
  simulation: { expected_memory: 8 * gib },
};

/** Of which clx has workers. */
export const typesThatShip: readonly string[] = Object.keys(builtInTypes);

export function isBuiltIn(type: string): boolean {
  return Object.hasOwn(builtInTypes, type);
}

export function defaultsOf(type: string): TypeDefaults {
  if (isBuiltIn(type)) return builtInTypes[type]?.defaults ?? {};
  return (Object.hasOwn(ownTypeDefaults, type) ? ownTypeDefaults[type] : undefined) ?? {};
}

export const typeNameRule = "lower-case letters, digits, - and _, beginning with a letter";

/** Their options would be others: --fresh-workers, --force-new-workers. */
const taken = ["fresh", "force-new"];

export function isTypeName(name: string): boolean {
  return /^[a-z][a-z0-9]*([_-][a-z0-9]+)*$/.test(name) && !taken.includes(name);
}
