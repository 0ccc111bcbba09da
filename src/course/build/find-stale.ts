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
  return step.kind === "draw" ? [step.picture] : step.outputs.map(({ path }) => path);
}

function whyStale(step: Step, record: BuildRecord): string | undefined {
  const done = record.step(step.id);
  if (done === undefined) return "it was never built";
  const changed = namesOf(step.inputs, done.inputs);
  if (changed.length > 0) return changed.join(", ");
  for (const path of outputsOf(step)) {
    if (isAsLeft(path, done.outputs[path])) continue;
    return `${basename(path)} is not as it was built`;
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

/** The copies that are not what they should be. Pictures that are still to be drawn count too. */
export async function findStaleCopies(
  { copies }: Pick<Plan, "copies">,
  record: BuildRecord,
  hashes: FileHashes,
): Promise<readonly Copy[]> {
  const stale: Copy[] = [];
  for (const copy of copies) {
    const known = record.copy(copy.to);
    const isWell =
      known !== undefined &&
      known.from === copy.from &&
      isAsLeft(copy.to, known.mark) &&
      known.hash === (await hashes.of(copy.from).catch(() => undefined));
    if (!isWell) stale.push(copy);
  }
  return stale;
}
