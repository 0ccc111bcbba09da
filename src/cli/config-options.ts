import { configFlags } from "../config/layers/flag-layer.ts";
import { splitTypeKey } from "../config/schema/sections.ts";
import { builtInTypes } from "../config/schema/worker-types.ts";
import { commonOptions, type OptionSpec, type OptionSpecs } from "./command.ts";

const ours = Object.keys(builtInTypes);

/** `--TYPE-workers` */
export function countOptionsFor(types: readonly string[]): OptionSpecs {
  return optionsOf(types, (id) => splitTypeKey(id) !== undefined);
}

/** For commands that keep pools of workers: how they run and how many there are. */
export const poolOptions: OptionSpecs = optionsOf(
  ours,
  (id) => splitTypeKey(id) !== undefined || id.startsWith("workers.default_"),
);

/** For commands that see to it that there are workers: all options that stand for keys. */
export const configOptions: OptionSpecs = optionsOf(ours, () => true);

/** Whether the command takes `--TYPE-workers`. */
export function takesCounts({ options }: { readonly options: OptionSpecs }): boolean {
  return Object.keys(countOptionsFor(ours)).every((name) => Object.hasOwn(options, name));
}

function optionsOf(types: readonly string[], isWanted: (id: string) => boolean): OptionSpecs {
  const own = configFlags(types)
    .filter(({ id, flag }) => isWanted(id) && !Object.hasOwn(commonOptions, flag.name))
    .map(({ flag: { name, means, value, help } }): [string, OptionSpec] => {
      const spec = { help };
      return [
        name,
        means === undefined
          ? { type: "string", ...spec, ...(value !== undefined && { value }) }
          : { type: "boolean", ...spec },
      ];
    });
  return Object.fromEntries(own);
}
