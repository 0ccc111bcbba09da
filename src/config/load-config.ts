import { homedir } from "node:os";
import { basename, dirname } from "node:path";
import { agentNames, checkAgents } from "./agents.ts";
import { checkTypes } from "./check-types.ts";
import type { Config } from "./config.ts";
import { clxFolder } from "./database-place.ts";
import type { Environment } from "./environment.ts";
import { readEnvironmentLayer } from "./layers/environment-layer.ts";
import { type FileReading, readFileLayer } from "./layers/file-layer.ts";
import { type GivenFlags, readFlagLayer } from "./layers/flag-layer.ts";
import type { LayerReading } from "./layers/layer.ts";
import { type ConfigPlace, findPlaces } from "./layers/places.ts";
import type { Origin } from "./origin.ts";
import { ConfigError, type Problem } from "./problem.ts";
import { splitTypeKey } from "./schema/sections.ts";
import { builtInTypes, isBuiltIn } from "./schema/worker-types.ts";

export interface LoadParams {
  readonly cwd: string;
  readonly env?: Environment;
  readonly home?: string;
  /** The options of the command, by name; those that are no keys are passed over. */
  readonly flags?: GivenFlags;
  /** Instead of `/etc/clx`. */
  readonly systemFolder?: string | undefined;
}

/**
 * Reads all layers.
 *
 * @throws ConfigError with everything that is wrong
 */
export async function loadConfig(params: LoadParams): Promise<Config> {
  const { config, problems } = await examineConfig(params);
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

export interface Examined {
  /** Without the values that are wrong. */
  readonly config: Config;
  readonly problems: readonly Problem[];
}

/** Reads all layers, and tells what is wrong with them instead of throwing. */
export async function examineConfig({
  cwd,
  env = process.env,
  home = homedir(),
  flags = {},
  systemFolder,
}: LoadParams): Promise<Examined> {
  const places = findPlaces({ cwd, env, home, systemFolder });
  const files = await readFiles(places, home);
  const ofFiles = typesOf(files);
  const names = { types: [...ofFiles.keys()], agents: agentNames({ layers: files }) };
  const environment = readEnvironmentLayer({ env, cwd, home, ...names });
  const known = new Map([...ofFiles, ...typesOf([environment])]);
  const types = [...new Set([...Object.keys(builtInTypes), ...known.keys()])];
  const commandLine = readFlagLayer({ flags, types, cwd, home });

  const layers: LayerReading[] = [commandLine, environment, ...files];
  const ownTypes = [...known.keys()].filter((type) => !isBuiltIn(type)).toSorted();
  const config: Config = { places, layers, ownTypes };
  const isBroken = files.some((file) => file.isBroken);
  const ofAll = isBroken ? [] : [...checkTypes(config, known), ...checkAgents(config)];
  return { config, problems: [...layers.flatMap(({ problems }) => problems), ...ofAll] };
}

/** Examines one file as if it were the only one. */
export async function examineFile(path: string, home: string = homedir()): Promise<Examined> {
  const place: ConfigPlace = { location: "project", path, exists: true, folder: homeOf(path) };
  const file = await readFileLayer(place, home);
  const types = typesOf([file]);
  const ownTypes = [...types.keys()].filter((type) => !isBuiltIn(type)).toSorted();
  const config: Config = { places: [place], layers: [file], ownTypes };
  const ofAll = file.isBroken ? [] : [...checkTypes(config, types), ...checkAgents(config)];
  return { config, problems: [...file.problems, ...ofAll] };
}

/** Relative paths of a project's file start at the folder that has the `.clx`. */
function homeOf(path: string): string {
  const folder = dirname(path);
  return basename(folder) === clxFolder ? dirname(folder) : folder;
}

async function readFiles(places: readonly ConfigPlace[], home: string): Promise<FileReading[]> {
  const present = places.filter(({ exists }) => exists);
  return await Promise.all(present.map((place) => readFileLayer(place, home)));
}

/** Every worker type that a layer names, and where the strongest of them does. */
function typesOf(layers: readonly (LayerReading | FileReading)[]): Map<string, Origin> {
  const types = new Map<string, Origin>();
  const note = (type: string, origin: Origin) => {
    if (!types.has(type)) types.set(type, origin);
  };
  for (const layer of layers) {
    if ("types" in layer) for (const [type, origin] of layer.types) note(type, origin);
    for (const { id, origin } of layer.settings.values()) {
      const type = splitTypeKey(id)?.type;
      if (type !== undefined) note(type, origin);
    }
  }
  return types;
}
