import { join } from "node:path";
import type { CopiedFolder, Course } from "../course.ts";
import { isIgnoredFolder } from "../discovery/file-rules.ts";
import { entriesIn } from "../discovery/find-topics.ts";
import { courseFolder } from "./layout.ts";
import type { Copy } from "./plan.ts";

/** Trees that go to each course folder as they are; sources of diagrams stay at home. */
export function planFolders(course: Course): readonly Copy[] {
  const places = new Set(
    course.targets.flatMap((target) =>
      target.languages.flatMap((language) =>
        target.kinds.map((kind) => courseFolder(course, { target, language, kind })),
      ),
    ),
  );
  return course.folders.flatMap((folder) => {
    const files = filesOf(folder);
    return [...places].flatMap((place) =>
      files.map((relative) => ({
        from: join(folder.path, relative),
        to: join(place, folder.name, relative),
      })),
    );
  });
}

function filesOf({ path, subfolders, withRootFiles, isRecursive }: CopiedFolder): string[] {
  if (subfolders.length === 0) return filesBelow(path, "", isRecursive);
  const own = withRootFiles ? filesBelow(path, "", false) : [];
  return [...own, ...subfolders.flatMap((name) => filesBelow(path, `${name}/`, isRecursive))];
}

function filesBelow(root: string, inner: string, isRecursive: boolean): string[] {
  return entriesIn(join(root, inner)).flatMap(({ name, isFolder }) => {
    if (isIgnoredFolder(name) || name === "pu" || name === "drawio") return [];
    if (!isFolder) return [inner + name];
    return isRecursive ? filesBelow(root, `${inner}${name}/`, true) : [];
  });
}
