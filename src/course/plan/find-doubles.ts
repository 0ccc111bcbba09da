import type { Course, CourseProblem } from "../course.ts";
import { relativeTo } from "../relative-to.ts";
import type { FileHashes } from "./file-hashes.ts";
import type { Copy, Plan } from "./plan.ts";

/** Two sources for one output: whichever came last would win. */
export function findDoubles({ steps, copies }: Plan, course: Course): CourseProblem[] {
  const makers = new Map<string, Set<string>>();
  const note = (path: string, maker: string) => {
    const known = makers.get(path) ?? new Set();
    makers.set(path, known.add(maker));
  };
  for (const step of steps) {
    if (step.kind !== "publish") continue;
    for (const { path } of step.outputs) note(path, step.notebook.path);
  }
  for (const { from, to } of copies) note(to, from);
  const told = new Set<string>();
  return [...makers].flatMap(([path, sources]): CourseProblem[] => {
    if (sources.size < 2) return [];
    const names = [...sources].map((source) => relativeTo(course.root, source)).join(" and ");
    if (told.has(names)) return [];
    told.add(names);
    return [
      {
        ...({ severity: "error", code: "double_output", file: course.specPath } as const),
        message: `${names} would both be ${relativeTo(course.root, path)}`,
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
