import { join } from "node:path";
import type { Course, CourseProblem } from "../course.ts";
import { isBelow, relativeTo } from "../relative-to.ts";
import type { Plan } from "./plan.ts";

/** Sources are never written to, and never taken for what an older build has left; each is told once. */
export function checkPlaces({ folders }: Plan, course: Course): CourseProblem[] {
  const { specPath, root, logo } = course;
  const sources = [specPath, join(root, "slides"), ...(logo === undefined ? [] : [logo])];
  const copied = course.folders.map(({ path }) => path);
  const hits = new Map<string, string>();
  for (const folder of folders) {
    const hit =
      sources.find((source) => isEither(folder, source)) ??
      copied.find((source) => isEither(folder, source));
    if (hit !== undefined && !hits.has(hit)) hits.set(hit, folder);
  }
  return [...hits].map(([hit, folder]) => ({
    ...({ severity: "error", code: "output_in_sources", file: specPath } as const),
    message: `outputs would go to ${relativeTo(root, folder)}, which is not apart from the sources in ${relativeTo(root, hit)}`,
    hint: "give them another folder",
  }));
}

function isEither(a: string, b: string): boolean {
  return a === b || isBelow(a, b) || isBelow(b, a);
}
