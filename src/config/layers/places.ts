import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { clxFolder } from "../database-place.ts";
import type { Environment } from "../environment.ts";
import type { FileLocation } from "../origin.ts";

export interface ConfigPlace {
  readonly location: FileLocation;
  readonly path: string;
  readonly exists: boolean;
  /** Relative paths in the file start here: the project's folder, or that of the file. */
  readonly folder: string;
}

export interface PlacesParams {
  readonly cwd: string;
  readonly env: Environment;
  readonly home: string;
  /** Instead of `/etc/clx`. */
  readonly systemFolder?: string | undefined;
  readonly platform?: NodeJS.Platform;
}

const configFile = "config.toml";

/** The three files, strongest first. The project's is where it would be made if there is none. */
export function findPlaces(params: PlacesParams): readonly ConfigPlace[] {
  const project = projectFolder(params.cwd);
  return [
    place("project", join(project, clxFolder, configFile), project),
    placeIn("user", userFolder(params)),
    placeIn("system", params.systemFolder ?? systemFolder(params)),
  ];
}

function place(location: FileLocation, path: string, folder: string): ConfigPlace {
  return { location, path, folder, exists: existsSync(path) };
}

function placeIn(location: FileLocation, folder: string): ConfigPlace {
  return place(location, join(folder, configFile), folder);
}

/** The nearest folder upwards with a `.clx/config.toml`, else with a `.clx`, else this one. */
function projectFolder(cwd: string): string {
  const above = foldersFrom(resolve(cwd));
  return (
    above.find((folder) => existsSync(join(folder, clxFolder, configFile))) ??
    above.find((folder) => existsSync(join(folder, clxFolder))) ??
    resolve(cwd)
  );
}

function foldersFrom(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersFrom(parent)];
}

function userFolder({ env, home, platform = process.platform }: PlacesParams): string {
  const named = env.XDG_CONFIG_HOME;
  if (named && isAbsolute(named)) return join(named, "clx");
  if (platform === "win32") return join(env.APPDATA || join(home, "AppData", "Roaming"), "clx");
  if (platform === "darwin") return join(home, "Library", "Application Support", "clx");
  return join(home, ".config", "clx");
}

function systemFolder({ env, platform = process.platform }: PlacesParams): string {
  if (env.CLX_SYSTEM_FOLDER) return env.CLX_SYSTEM_FOLDER;
  return platform === "win32" ? join(env.PROGRAMDATA || "C:\\ProgramData", "clx") : "/etc/clx";
}
