import { type Config, lookUpForType } from "../config/config.ts";
import { type PoolSettings, resolvePool } from "../config/pool-settings.ts";
import { splitTypeKey } from "../config/schema/sections.ts";

export interface WantedPool {
  readonly type: string;
  /** Somebody wrote something about it; else it is there because it ships. */
  readonly isNamed: boolean;
  readonly wantsDocker: boolean;
  /** Docker where it is there, else not. */
  readonly takesDocker: boolean;
  readonly image?: string;
  /** Absent when it cannot be run as it is configured. */
  readonly settings?: PoolSettings;
}

/** Types that ship, and all that the configuration speaks of, but those of which none is wanted. */
export function wantedPools(config: Config, shipped: readonly string[]): WantedPool[] {
  const named = [...config.ownTypes, ...namedTypes(config)];
  return [...new Set([...shipped, ...named])]
    .filter((type) => lookUpForType(config, type, "count").value > 0)
    .map((type) => {
      const mode = lookUpForType(config, type, "execution_mode").value;
      const image = lookUpForType(config, type, "image").value;
      const settings = settingsOf(config, type);
      return {
        type,
        isNamed: named.includes(type),
        wantsDocker: mode === "docker",
        takesDocker: mode === "auto",
        ...(image !== undefined && { image }),
        ...(settings !== undefined && { settings }),
      };
    });
}

function namedTypes({ layers }: Config): string[] {
  return layers.flatMap(({ settings }) =>
    [...settings.keys()].flatMap((id) => splitTypeKey(id)?.type ?? []),
  );
}

/** What is wrong with it is said where the configuration is checked. */
function settingsOf(config: Config, type: string): PoolSettings | undefined {
  try {
    return resolvePool(config, type);
  } catch {
    return undefined;
  }
}
