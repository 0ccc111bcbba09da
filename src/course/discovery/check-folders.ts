import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Course, CourseProblem } from "../course.ts";
import type { SourceDocument } from "../spec/source-document.ts";

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Folders to be copied that are not there; the rest is built. */
export function missingFolders(
  { folders, specPath }: Pick<Course, "folders" | "specPath">,
  document: SourceDocument,
): CourseProblem[] {
  return folders.flatMap(({ path, subfolders }, at) => {
    const all = isFolder(path) ? subfolders.map((name) => join(path, name)) : [path];
    return all
      .filter((folder) => !isFolder(folder))
      .map((folder) => ({
        ...({ severity: "warning", code: "missing_folder", file: specPath } as const),
        ...document.positionOf(["folders", at, "path"]),
        message: `the folder ${folder} is not there; nothing of it is copied`,
      }));
  });
}

/** A picture that is not there; notebooks are built without it. */
export function missingLogo(
  { logo, specPath }: Pick<Course, "logo" | "specPath">,
  document: SourceDocument,
): CourseProblem[] {
  if (logo === undefined || existsSync(logo)) return [];
  return [
    {
      ...({ severity: "warning", code: "missing_logo", file: specPath } as const),
      ...document.positionOf(["logo"]),
      message: `the logo ${logo} is not there; notebooks have none`,
    },
  ];
}

/** Where no topic can be found. */
export function noSlides(root: string, specPath: string): CourseProblem {
  return {
    ...({ severity: "error", code: "no_slides", file: specPath } as const),
    message: `there is no folder ${join(root, "slides")}, where the topics would be`,
    hint: "make it, or name the course's root with --data-dir",
  };
}
