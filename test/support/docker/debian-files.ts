import { execFileSync } from "node:child_process";
import { lstatSync, readdirSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** What no program needs to run. */
const leftOut = /^\/usr\/share\/(doc|doc-base|man|info|locale|lintian|bug)\//;

/**
 * The files of Debian packages that are installed on this machine, and of all they depend on,
 * as their package manager knows them: real paths, without folders, sorted.
 */
export function filesOfPackages(names: readonly string[]): string[] {
  const listed = dpkg("-L", ...withDependencies(names)).split("\n");
  const files = listed.filter((path) => path.startsWith("/") && !leftOut.test(path));
  return [...new Set(files.flatMap(realPath).flatMap(withCompiled))].sort();
}

/** Python's compiled modules are made after a package was unpacked; without them it starts slowly. */
function withCompiled(path: string): string[] {
  if (!path.endsWith(".py")) return [path];
  const folder = join(dirname(path), "__pycache__");
  const made = compiledIn(folder).filter((name) => name.startsWith(`${basename(path, ".py")}.`));
  return [path, ...made.map((name) => join(folder, name))];
}

const compiledFiles = new Map<string, readonly string[]>();

function compiledIn(folder: string): readonly string[] {
  const known = compiledFiles.get(folder) ?? readFolder(folder);
  compiledFiles.set(folder, known);
  return known;
}

function readFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function withDependencies(names: readonly string[]): string[] {
  const { packages, providers } = installedPackages();
  const wanted = new Set<string>();
  const visit = (name: string) => {
    const provider = packages.has(name) ? name : providers.get(name);
    if (provider === undefined || wanted.has(provider)) return;
    wanted.add(provider);
    for (const dependency of packages.get(provider) ?? []) visit(dependency);
  };
  for (const name of names) {
    if (!packages.has(name)) throw new Error(`the package ${name} is not installed`);
    visit(name);
  }
  return [...wanted];
}

function installedPackages() {
  const field = (name: string) => `$\{${name}}`;
  const depends = `${field("Pre-Depends")}, ${field("Depends")}`;
  const format = `${field("Package")}\\t${depends}\\t${field("Provides")}\\n`;
  const packages = new Map<string, readonly string[]>();
  const providers = new Map<string, string>();
  for (const line of dpkg("-W", "-f", format).split("\n")) {
    const [name = "", depends = "", provides = ""] = line.split("\t");
    packages.set(name, packageNames(depends));
    for (const provided of packageNames(provides)) providers.set(provided, name);
  }
  return { packages, providers };
}

/** Of "libc6 (>= 2.36), debconf (>= 0.5) | debconf-2.0, python3:any": libc6, debconf, debconf-2.0, python3. */
function packageNames(relations: string): string[] {
  return relations
    .split(/[,|]/)
    .map((relation) => relation.trim().replace(/[\s:(].*$/s, ""))
    .filter((name) => name !== "");
}

/** The folder's links are followed, a file that is a link is kept; nothing for folders and what is not there. */
function realPath(path: string): string[] {
  try {
    const real = join(realpathSync(dirname(path)), basename(path));
    const isTop = dirname(real) === "/";
    return isTop || lstatSync(real).isDirectory() ? [] : [real];
  } catch {
    return [];
  }
}

function dpkg(...args: string[]): string {
  return execFileSync("dpkg-query", args, { encoding: "utf8", maxBuffer: 256 * 1024 ** 2 });
}
