import { configFlags } from "../config/layers/flag-layer.ts";
import { builtInTypes } from "../config/schema/worker-types.ts";
import { commonOptions, type OptionSpec, type OptionSpecs } from "./command.ts";

/** The options that stand for keys of the configuration, for commands that start workers. */
export const configOptions: OptionSpecs = configOptionsFor(Object.keys(builtInTypes));

export function configOptionsFor(types: readonly string[]): OptionSpecs {
  const own = configFlags(types)
    .filter(({ flag }) => !Object.hasOwn(commonOptions, flag.name))
    .map(({ flag: { name, means, value, help } }): [string, OptionSpec] => [
      name,
      means === undefined
        ? { type: "string", help, ...(value !== undefined && { value }) }
        : { type: "boolean", help },
    ]);
  return Object.fromEntries(own);
}
