import { lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Plan } from "../plan/plan.ts";
import { outputsOf } from "./find-stale.ts";

/**
 * What stands in the course's own output folders and is in no plan: left by names that have
 * changed, and by builds that were killed. A `.git` and whatever else begins with a dot stays.
 */
export function findStrays(plan: Plan): readonly string[] {
  const meant = new Set([
    ...plan.steps.flatMap((step) => (step.kind === "publish" ? outputsOf(step) : [])),
    ...plan.copies.map(({ to }) => to),
  ]);
  return plan.folders.flatMap((folder) => filesBelow(folder)).filter((path) => !meant.has(path));
}

export function removeStrays(strays: readonly string[], { folders }: Plan): void {
  for (const path of strays) rmSync(path, { force: true });
  for (const folder of folders) removeEmptyFolders(folder);
}

function filesBelow(folder: string): string[] {
  return namesIn(folder).flatMap((name) => {
    const path = join(folder, name);
    return lstatSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

/** Returns whether nothing is left of it. */
function removeEmptyFolders(folder: string): boolean {
  const inner = namesIn(folder, { withHidden: true });
  const left = inner.filter((name) => {
    const path = join(folder, name);
    if (name.startsWith(".") || !lstatSync(path).isDirectory()) return true;
    return !removeEmptyFolders(path);
  });
  return left.length === 0 && tryRemove(folder);
}

function tryRemove(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

function namesIn(folder: string, { withHidden = false } = {}): string[] {
  try {
    return readdirSync(folder).filter((name) => withHidden || !name.startsWith("."));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
