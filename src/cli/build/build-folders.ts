import { realpathSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import type { PreparedBuild } from "../../course/build/prepare-build.ts";
import { taskOfStep } from "../../course/build/task-of-step.ts";
import { type FolderGrant, reaches } from "../../domain/container.ts";
import type { JsonValue } from "../../domain/json.ts";
import { grant, joinGrants, projectGrants } from "../workers/project-folders.ts";

/**
 * What a build's workers in containers may do with this machine's files: read the course, and
 * the folders of files of its that are elsewhere; write its outputs, its pictures and what its
 * executions gave. What is written is made now, so that it is the caller's and not the engine's.
 */
export function buildFolders({
  course,
  stale,
  cacheFolder,
}: Pick<PreparedBuild, "course" | "stale" | "cacheFolder">): readonly FolderGrant[] {
  const written = [
    ...course.targets.map(({ path }) => path),
    join(cacheFolder, "pictures"),
    join(cacheFolder, "executions"),
  ].flatMap((path) => grant(path, "write"));
  const known = [...projectGrants(course.root), ...written];
  const files = stale.flatMap(({ step }) =>
    pathsIn(taskOfStep(step, { course, cacheFolder, rebuild: false }).payload),
  );
  const elsewhere = new Set(
    files
      .flatMap((file) => [file, realPath(file)])
      .map((file) => dirname(file))
      .filter((folder) => !reaches(known, [{ path: folder, access: "read" }])),
  );
  return joinGrants([...known, ...[...elsewhere].flatMap((folder) => grant(folder, "read"))]);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

const pathKeys = new Set(["source", "path", "output", "logo", "executionCache"]);

/** Payloads name files by absolute paths, in fields that are known. */
function pathsIn(value: JsonValue | undefined, key = ""): readonly string[] {
  if (typeof value === "string") return pathKeys.has(key) && isAbsolute(value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => pathsIn(inner, name));
}
