import { isAbsolute, relative, sep } from "node:path";

/** As people write it: from the root, when it is below it. */
export function relativeTo(root: string, path: string): string {
  return isBelow(root, path) ? relative(root, path).replaceAll(sep, "/") : path;
}

/** Whether it stands in the folder, at any depth. */
export function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== "" && !isAbsolute(way) && way !== ".." && !way.startsWith(`..${sep}`);
}
