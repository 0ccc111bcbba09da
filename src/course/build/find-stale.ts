import { basename } from "node:path";
import type { FileHashes } from "../plan/file-hashes.ts";
import type { Copy, Plan, Step } from "../plan/plan.ts";
import { type BuildRecord, isAsLeft } from "./build-record.ts";

export interface StaleStep {
  readonly step: Step;
  /** One clause: why it is done again. */
  readonly because: string;
}

/** The steps that have to be done, in an order in which none comes before what it needs. */
export function findStaleSteps({ steps }: Plan, record: BuildRecord): readonly StaleStep[] {
  return steps.flatMap((step) => {
    const because = whyStale(step, record);
    return because === undefined ? [] : [{ step, because }];
  });
}

export function outputsOf(step: Step): readonly string[] {
  return (step.kind === "draw" ? step.pictures : step.outputs).map(({ path }) => path);
}

function whyStale(step: Step, record: BuildRecord): string | undefined {
  const done = record.step(step.id);
  if (done === undefined) return "it was never built";
  const changed = namesOf(step.inputs, done.inputs);
  if (changed.length > 0) return changed.join(", ");
  for (const path of outputsOf(step)) {
    const mark = done.outputs[path];
    if (mark === undefined) return `${basename(path)} was never built`;
    if (!isAsLeft(path, mark)) return `${basename(path)} is not as it was built`;
  }
  return undefined;
}

function namesOf(now: Step["inputs"], before: Step["inputs"]): string[] {
  const names = [...new Set([...Object.keys(now), ...Object.keys(before)])];
  return names.flatMap((name) => {
    if (before[name] === now[name]) return [];
    if (before[name] === undefined) return [`${name} is new`];
    return [now[name] === undefined ? `${name} is gone` : `${name} changed`];
  });
}

export interface CopySurroundings {
  readonly record: BuildRecord;
  readonly hashes: FileHashes;
  /** Ids of steps that will be done: what they draw may be another picture then. */
  readonly stale: ReadonlySet<string>;
}

/** The copies that are not what they should be, or may soon not be. */
export async function findStaleCopies(
  { copies }: Pick<Plan, "copies">,
  { record, hashes, stale }: CopySurroundings,
): Promise<readonly Copy[]> {
  const found: Copy[] = [];
  for (const copy of copies) {
    const isDrawn = copy.after !== undefined && stale.has(copy.after);
    if (isDrawn || !(await isWell(copy, { record, hashes }))) found.push(copy);
  }
  return found;
}

/** Whether the copy has what its source has, as far as times and sizes tell. */
export async function isWell(
  { from, to }: Copy,
  { record, hashes }: Pick<CopySurroundings, "record" | "hashes">,
): Promise<boolean> {
  const known = record.copy(to);
  if (known === undefined || known.from !== from || !isAsLeft(to, known.mark)) return false;
  return known.hash === (await hashes.tryOf(from)).hash;
}
