import { lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { OutputTarget } from "../course.ts";
import type { Plan } from "../plan/plan.ts";
import { isBelow } from "../relative-to.ts";
import { type BuildRecord, isAsLeft } from "./build-record.ts";
import { outputsOf } from "./find-stale.ts";
import { leadsAway } from "./leads-away.ts";

/** What a build that goes on, this or another, may be writing. */
const draftName = /\.[0-9a-z]{20}(-\d+)?\.draft$/;
const youngMs = 60_000;

/**
 * What stands in the course's own output folders and is in no plan: left by names that have
 * changed, and by builds that were killed. A `.git` and whatever else begins with a dot stays.
 */
export function findStrays(plan: Plan): readonly string[] {
  const meant = meantBy(plan);
  return plan.folders
    .flatMap((folder) => filesBelow(folder))
    .filter((path) => !meant.has(path) && !isBeingWritten(path));
}

/**
 * What older builds have left elsewhere below the targets, when a course or a language was called
 * otherwise; not what somebody has changed since.
 */
export function findLeftOvers(
  plan: Plan,
  record: BuildRecord,
  targets: readonly OutputTarget[],
): readonly string[] {
  const meant = meantBy(plan);
  return record
    .outputs()
    .filter(([path]) => !meant.has(path))
    .filter(([path]) => targets.some((target) => isBelow(target.path, path)))
    .flatMap(([path, mark]) => (isAsLeft(path, mark) ? [path] : []));
}

function meantBy({ steps, copies }: Plan): ReadonlySet<string> {
  return new Set([
    ...steps.flatMap((step) => (step.kind === "publish" ? outputsOf(step) : [])),
    ...copies.map(({ to }) => to),
  ]);
}

function isBeingWritten(path: string): boolean {
  if (!draftName.test(path)) return false;
  const facts = lstatSync(path, { throwIfNoEntry: false });
  return facts === undefined || Date.now() - facts.mtimeMs < youngMs;
}

export interface RemovalParams extends Pick<Plan, "folders"> {
  readonly targets: readonly Pick<OutputTarget, "path">[];
}

/** What stands behind a link that has been made meanwhile is not ours. */
export function removeStrays(strays: readonly string[], { folders, targets }: RemovalParams): void {
  const written = targets.map(({ path }) => path);
  const ours = strays.filter((path) => !leadsAway(dirname(path), written));
  for (const path of ours) rmSync(path, { force: true });
  for (const folder of folders) removeEmptyFolders(folder);
  for (const path of ours) removeEmptyAbove(path);
}

/** As far as nothing is left. */
function removeEmptyAbove(path: string): void {
  const folder = dirname(path);
  if (folder !== path && tryRemove(folder)) removeEmptyAbove(folder);
}

function filesBelow(folder: string): string[] {
  return entriesOf(folder).flatMap(({ name, isFolder }) => {
    const path = join(folder, name);
    if (name.startsWith(".")) return [];
    return isFolder ? filesBelow(path) : [path];
  });
}

/** Returns whether nothing is left of it. */
function removeEmptyFolders(folder: string): boolean {
  const left = entriesOf(folder).filter(
    ({ name, isFolder }) =>
      name.startsWith(".") || !isFolder || !removeEmptyFolders(join(folder, name)),
  );
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

/** Another build may remove it in the meantime; what is no folder is told when it is written to. */
function entriesOf(
  folder: string,
): readonly { readonly name: string; readonly isFolder: boolean }[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ENOENT", "ENOTDIR"].includes(code)) return [];
    throw error;
  }
}
