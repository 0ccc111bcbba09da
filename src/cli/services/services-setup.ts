import { dirname, join } from "node:path";
import { type Config, lookUpForType } from "../../config/config.ts";
import { clxFolder, findProject } from "../../config/database-place.ts";
import { splitTypeKey } from "../../config/schema/sections.ts";
import { ClxError } from "../../domain/errors.ts";
import { shippedTypes } from "../../library/handler-of.ts";
import { stateFile } from "../../lifecycle/services/services-state.ts";
import type { PoolSpec } from "../../supervisor/pool.ts";
import { UsageError } from "../usage-error.ts";
import type { RunSetup } from "../workers/run-setup.ts";

/** Where the services of the project around a folder say what they are. */
export interface ServicesPlace {
  readonly statePath: string;
  readonly logPath: string;
}

export function servicesPlace(cwd: string): ServicesPlace {
  const folder = join(findProject(cwd) ?? cwd, clxFolder);
  return { statePath: join(folder, stateFile), logPath: join(folder, "services.log") };
}

/** The project's folder, where `.clx` is. */
export function projectOf({ statePath }: ServicesPlace): string {
  return dirname(dirname(statePath));
}

export interface ServicesPools {
  readonly pools: readonly PoolSpec[];
  /** Types that are configured and that this version cannot run, or that nobody asked for and that have no image. */
  readonly left: readonly { readonly type: string; readonly why: string }[];
}

/**
 * The pools of services: those of the types that are named, else of all that ship and all that
 * the configuration speaks of. Where all types shall run in containers, one that ships and is not
 * spoken of needs no image: there are no workers of it.
 */
export function servicesPools(
  setup: RunSetup,
  types: readonly string[] | undefined,
): ServicesPools {
  if (types !== undefined) return { pools: types.map((type) => named(setup, type)), left: [] };
  const served = servedTypes(setup.config);
  const bare = served.filter((type) => needsNoWorkers(setup.config, type));
  const able = served.filter((type) => !bare.includes(type));
  const left = bare.map((type) => ({ type, why: `no image is set (workers.${type}.image)` }));
  // Where no type has an image, the first of them says what to do.
  const pools = (able.length > 0 ? able : served).flatMap((type) => {
    try {
      return [wanted(setup, type)];
    } catch (error) {
      if (!isUnknownType(error)) throw error;
      left.push({ type, why: error.message });
      return [];
    }
  });
  return { pools: pools.filter(({ count }) => count > 0), left };
}

/** It is to run in a container, has no image, and nobody has said a word about it. */
function needsNoWorkers(config: Config, type: string): boolean {
  if (configuredTypes(config).includes(type)) return false;
  const isContained = lookUpForType(config, type, "execution_mode").value === "docker";
  return isContained && lookUpForType(config, type, "image").value === undefined;
}

function wanted({ poolFor }: RunSetup, type: string): PoolSpec {
  return { ...poolFor(type), persistent: true };
}

function named(setup: RunSetup, type: string): PoolSpec {
  const pool = wanted(setup, type);
  if (pool.count > 0) return pool;
  throw new ClxError(
    "invalid_value",
    `the count of ${type} workers is 0 (${pool.configSource}); say how many: --${type}-workers 1`,
  );
}

/** Of which services have workers when no types are named. */
export function servedTypes(config: Config): readonly string[] {
  return [...new Set([...shippedTypes(), ...configuredTypes(config)])];
}

/** Types of the user's own, and others that the configuration says anything of. */
export function configuredTypes({ layers, ownTypes }: Config): string[] {
  const named = layers.flatMap(({ settings }) =>
    [...settings.keys()].flatMap((id) => splitTypeKey(id)?.type ?? []),
  );
  return [...ownTypes, ...named];
}

function isUnknownType(error: unknown): error is Error {
  return error instanceof Error && "code" in error && error.code === "unknown_worker_type";
}

/** `--types notebook,plantuml` */
export function typesOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const types = text.split(",").map((type) => type.trim());
  if (types.every((type) => type !== "")) return [...new Set(types)];
  throw new UsageError(`--types is "${text}", but must be names such as notebook,plantuml`);
}
