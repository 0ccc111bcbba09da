import { isAbsolute, relative, sep } from "node:path";

/** As people write it: from the root, when it is below it. */
export function relativeTo(root: string, path: string): string {
  if (!isBelow(root, path)) return path;
  const way = path.startsWith(root) ? path.slice(root.length + 1) : relative(root, path);
  return way.replaceAll(sep, "/");
}

/** Whether it stands in the folder, at any depth; both are absolute. */
export function isBelow(folder: string, path: string): boolean {
  // The common case, without taking both apart: it is asked for every output.
  if (path.startsWith(folder) && path[folder.length] === sep)
    return path.length > folder.length + 1;
  const way = relative(folder, path);
  return way !== "" && !isAbsolute(way) && way !== ".." && !way.startsWith(`..${sep}`);
}
