import type { Course, CourseProblem } from "../course.ts";
import { relativeTo } from "../relative-to.ts";
import type { FileHashes } from "./file-hashes.ts";
import type { Copy, Plan } from "./plan.ts";

/** Two sources for one output: whichever came last would win. */
export function findDoubles({ steps, copies }: Plan, course: Course): CourseProblem[] {
  const makers = new Map<string, { readonly shown: string; readonly sources: Set<string> }>();
  const note = (path: string, source: string, shown = relativeTo(course.root, path)) => {
    const known = makers.get(path) ?? { shown, sources: new Set() };
    known.sources.add(source);
    makers.set(path, known);
  };
  const drawnFrom = new Map<string, string>();
  for (const step of steps) {
    if (step.kind === "draw") {
      for (const { path, relative } of step.pictures) {
        note(path, step.diagram.path, relative);
        drawnFrom.set(path, step.diagram.path);
      }
    } else {
      for (const { path } of step.outputs) note(path, step.notebook.path);
    }
  }
  for (const { from, to } of copies) note(to, drawnFrom.get(from) ?? from);
  const told = new Set<string>();
  return [...makers.values()].flatMap(({ shown, sources }): CourseProblem[] => {
    if (sources.size < 2) return [];
    const names = [...sources].map((source) => relativeTo(course.root, source)).join(" and ");
    if (told.has(names)) return [];
    told.add(names);
    return [
      {
        ...({ severity: "error", code: "double_output", file: course.specPath } as const),
        message: `${names} would both be ${shown}`,
        hint: "rename one of them, or move it to another section",
      },
    ];
  });
}

/** Topics of one section may bring the same file, as long as it says the same. */
export async function withoutTwins(
  copies: readonly Copy[],
  hashes: FileHashes,
): Promise<readonly Copy[]> {
  const first = new Map<string, Copy>();
  const kept: Copy[] = [];
  for (const copy of copies) {
    const twin = first.get(copy.to);
    if (twin === undefined) first.set(copy.to, copy);
    else if (twin.from === copy.from || (await isSameFile(twin, copy, hashes))) continue;
    kept.push(copy);
  }
  return kept;
}

async function isSameFile(a: Copy, b: Copy, hashes: FileHashes): Promise<boolean> {
  if (a.after !== undefined || b.after !== undefined) return false;
  const { hash } = await hashes.tryOf(a.from);
  return hash !== undefined && hash === (await hashes.tryOf(b.from)).hash;
}
