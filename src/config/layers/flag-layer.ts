import type { Flag, Key } from "../schema/key.ts";
import { allTypeKeys, fixedKeys } from "../schema/sections.ts";
import { LayerBuilder, type LayerReading } from "./layer.ts";

/** The options of a command as they were parsed, by their names without dashes. */
export type GivenFlags = Readonly<Record<string, unknown>>;

export interface FlagParams {
  readonly flags: GivenFlags;
  readonly types: readonly string[];
  readonly cwd: string;
  readonly home: string;
}

/** Reads the options that stand for keys; others are none of its business. */
export function readFlagLayer({ flags, types, cwd, home }: FlagParams): LayerReading {
  const layer = new LayerBuilder("command line");
  for (const { id, key, flag } of configFlags(types)) {
    const value = Object.hasOwn(flags, flag.name) ? flags[flag.name] : undefined;
    const origin = { kind: "flag", flag: flag.name } as const;
    const site = { what: `--${flag.name}`, folder: cwd, home };
    if (flag.means === undefined && typeof value === "string") {
      layer.addText({ id, key, value, origin, site });
    } else if (flag.means !== undefined && value === true) {
      layer.add({ id, value: flag.means, origin }, key);
    }
  }
  return layer;
}

export interface ConfigFlag {
  readonly id: string;
  readonly key: Key;
  readonly flag: Flag;
}

/** Every option that stands for a key, those of the given worker types included. */
export function configFlags(types: readonly string[]): readonly ConfigFlag[] {
  const fixed = Object.entries(fixedKeys).flatMap(([id, key]) =>
    (key.flags ?? []).map((flag) => ({ id, key, flag })),
  );
  const ofTypes = types.flatMap((type) =>
    Object.entries(allTypeKeys).flatMap(([name, key]) =>
      (key.flags ?? []).map((flag) => ({
        id: `workers.${type}.${name}`,
        key,
        flag: { ...flag, name: forType(flag.name, type), help: forType(flag.help, type) },
      })),
    ),
  );
  return [...fixed, ...ofTypes];
}

function forType(text: string, type: string): string {
  return text.replaceAll("<type>", type);
}
