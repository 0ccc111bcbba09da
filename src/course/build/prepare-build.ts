import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Course, CourseProblem } from "../course.ts";
import { type ReadCourseParams, readCourse } from "../discovery/read-course.ts";
import { FileHashes } from "../plan/file-hashes.ts";
import { makePlan } from "../plan/make-plan.ts";
import type { Copy, Plan } from "../plan/plan.ts";
import type { PlanIdentity, PlanParams } from "../plan/plan-params.ts";
import { BuildRecord } from "./build-record.ts";
import { findStaleCopies, findStaleSteps, type StaleStep } from "./find-stale.ts";
import { findLeftOvers, findStrays } from "./remove-strays.ts";
import { selectParts, type WantedParts } from "./select-parts.ts";

export interface PrepareParams extends ReadCourseParams {
  readonly parts: WantedParts;
  readonly identity: PlanIdentity;
  /** Everything is stale. */
  readonly rebuild?: boolean;
  /** Where a project keeps what is its own: `.clx`. */
  readonly projectFolder: string;
}

/** A build, known to its last file, before anything is done. */
export interface PreparedBuild {
  readonly course: Course;
  readonly plan: Plan;
  readonly stale: readonly StaleStep[];
  readonly copies: readonly Copy[];
  readonly strays: readonly string[];
  readonly record: BuildRecord;
  readonly hashes: FileHashes;
  readonly cacheFolder: string;
}

export interface Prepared {
  /** Absent when the spec cannot be built. */
  readonly build?: PreparedBuild;
  readonly problems: readonly CourseProblem[];
}

/** Reads, plans and compares; nothing is changed. */
export async function prepareBuild(params: PrepareParams): Promise<Prepared> {
  const { course: whole, problems: faults } = readCourse(params);
  if (whole === undefined) return { problems: faults };
  const course = selectParts(whole, params.parts);
  const cacheFolder = join(params.projectFolder, "build", nameFor(course.specPath));
  const record = BuildRecord.read(join(cacheFolder, "record.jsonl"));
  const hashes = new FileHashes(record.hashes);
  const { identity } = params;
  const leftBefore: PlanParams["leftBefore"] = (id, inputs) => record.leftBy(id, inputs);
  const planned = await makePlan({ course, hashes, cacheFolder, identity, leftBefore });
  const problems = [...faults, ...planned.problems];
  if (problems.some(isFatal)) return { problems };
  const { plan } = planned;
  const stale = params.rebuild ? allSteps(plan) : findStaleSteps(plan, record);
  const drawn = new Set(stale.map(({ step }) => step.id));
  const copies = await findStaleCopies(plan, { record, hashes, stale: drawn });
  const full = await fullPlan(whole, params, { hashes, cacheFolder, plan, leftBefore });
  // What a mistake in the spec has made homeless is not thrown away.
  const isSound = problems.every(({ severity }) => severity === "warning");
  const strays = isSound ? straysOf({ plan, full, course, record }) : [];
  return {
    build: { course, plan, stale, copies, strays, record, hashes, cacheFolder },
    problems,
  };
}

interface StrayParams extends Pick<PreparedBuild, "course" | "plan" | "record"> {
  /** That of all parts of the course. */
  readonly full: Plan;
}

function straysOf({ course, plan, full, record }: StrayParams): readonly string[] {
  const strays = findStrays({ ...full, folders: plan.folders });
  const leftOvers = full === plan ? findLeftOvers(full, record, course.targets) : [];
  return [...new Set([...strays, ...leftOvers])];
}

/** Going on would harm something: whichever came last would win, or sources would be lost. */
function isFatal({ code }: CourseProblem): boolean {
  return code === "double_output" || code === "output_in_sources";
}

function allSteps({ steps }: Plan): readonly StaleStep[] {
  return steps.map((step) => ({ step, because: "everything is built again" }));
}

/** What belongs to the course though it is not built this time is no stray. */
async function fullPlan(
  whole: Course,
  { parts, identity }: PrepareParams,
  { plan, ...known }: Omit<PlanParams, "course" | "identity"> & { readonly plan: Plan },
): Promise<Plan> {
  const isPart = parts.languages ?? parts.targets ?? parts.kinds;
  if (isPart === undefined) return plan;
  const course = selectParts(whole, parts.outputFolder ? { outputFolder: parts.outputFolder } : {});
  return (await makePlan({ ...known, course, identity })).plan;
}

function nameFor(specPath: string): string {
  return createHash("sha256").update(specPath).digest("hex").slice(0, 16);
}
