import { homedir } from "node:os";
import type { Config } from "./config.ts";
import { LayerBuilder } from "./layers/layer.ts";
import { ConfigError } from "./problem.ts";
import { findKey } from "./schema/sections.ts";

/** An option of one command that says a key of the configuration. */
export interface OptionForKey {
  /** Without dashes. */
  readonly name: string;
  readonly text: string;
  /** `workers.queue_name`, `workers.resize.handler` */
  readonly id: string;
}

/**
 * The configuration with what further options of the command line say.
 *
 * @throws ConfigError with everything that is wrong with them, two that contradict each other included
 */
export function withOptions(
  config: Config,
  options: readonly OptionForKey[],
  { cwd, home = homedir() }: { readonly cwd: string; readonly home?: string },
): Config {
  const [known, ...weaker] = config.layers;
  const layer = new LayerBuilder("command line");
  for (const [id, setting] of known?.settings ?? []) layer.settings.set(id, setting);
  for (const { name, text, id } of options) {
    const key = findKey(id);
    if (key === undefined) throw new Error(`--${name} stands for ${id}, which is no key`);
    const site = { what: `--${name}`, folder: cwd, home };
    layer.addText({ id, key, value: text, origin: { kind: "flag", flag: name }, site });
  }
  if (layer.problems.length > 0) throw new ConfigError(layer.problems);
  return { ...config, layers: [layer, ...weaker] };
}
