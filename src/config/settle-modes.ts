import { type Config, lookUpForType } from "./config.ts";
import type { Layer, Setting } from "./layers/layer.ts";

/** What `auto` becomes for a worker type. */
export type SettledMode = "docker" | "direct";

/** Those of the types that shall run in the way that suits the machine. */
export function typesOnAuto(config: Config, types: readonly string[]): string[] {
  return types.filter((type) => lookUpForType(config, type, "execution_mode").value === "auto");
}

/** The configuration with a mode in the place of `auto`; whoever said `auto` said it. */
export function withModes(config: Config, modes: ReadonlyMap<string, SettledMode>): Config {
  const settings = new Map<string, Setting>();
  for (const [type, value] of modes) {
    const id = `workers.${type}.execution_mode`;
    const { origin } = lookUpForType(config, type, "execution_mode");
    settings.set(id, { id, value, origin });
  }
  const settled: Layer = { name: "command line", settings };
  return { ...config, layers: [settled, ...config.layers] };
}
