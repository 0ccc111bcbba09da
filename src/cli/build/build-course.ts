import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { clxFolder, findProject } from "../../config/database-place.ts";
import { keepOutOfGit } from "../../config/keep-out-of-git.ts";
import { prepareBuild } from "../../course/build/prepare-build.ts";
import { isBelow } from "../../course/relative-to.ts";
import type { CommandContext } from "../command.ts";
import { onStopSignal } from "../stop-signals.ts";
import type { BuildParams } from "./build-params.ts";
import { type BuildResult, CourseBuild } from "./course-build.ts";
import type { CrewKeeper } from "./crew-keeper.ts";
import { tellPlan, tellProblems, tellReasons, tellSummary } from "./tell-build.ts";
import { toolIdentity } from "./tool-identity.ts";

const interrupted = 130;
const notBuilt = 2;

/** Builds what is stale; answers with the exit code. */
export async function buildCourse(context: CommandContext, params: BuildParams): Promise<number> {
  const stop = new AbortController();
  const signals = onStopSignal((count, signal) => {
    if (count > 2) process.exit(interrupted);
    stop.abort(signal);
  });
  try {
    return await buildOnce(context, params, { signal: stop.signal });
  } finally {
    signals.close();
  }
}

export interface BuildTies {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Whose workers it uses. */
  readonly keeper?: CrewKeeper;
}

/** One build, from reading the spec to its summary. */
export async function buildOnce(
  context: CommandContext,
  params: BuildParams,
  { signal, keeper }: BuildTies,
): Promise<number> {
  const startedAt = performance.now();
  const { specPath, root, parts, rebuild } = params;
  const projectFolder = join(projectFor(specPath, context.cwd), clxFolder);
  const { build, problems } = await prepareBuild({
    ...{ specPath, parts, rebuild, identity: toolIdentity(context.config) },
    ...(root !== undefined && { root }),
    projectFolder,
  });
  tellProblems(context, problems);
  if (signal.aborted) return interrupted;
  const hasErrors = problems.some(({ severity }) => severity === "error");
  if (build === undefined) return notBuilt;
  if (params.dryRun) {
    tellPlan(context, build);
    return hasErrors ? 1 : 0;
  }
  if (params.explain) tellReasons(context, build);
  mkdirSync(projectFolder, { recursive: true });
  keepOutOfGit(projectFolder);
  const result = await new CourseBuild(context, {
    ...{ build, params, signal, ...(keeper && { keeper }) },
  }).run();
  const exitCode = exitCodeOf(result, hasErrors);
  const tookMs = performance.now() - startedAt;
  tellSummary(context, { ...result, exitCode, build, problems, mode: params.mode, tookMs });
  return exitCode;
}

/** The course's own project, so that it is up to date from wherever it is built. */
function projectFor(specPath: string, cwd: string): string {
  const folder = dirname(specPath);
  return findProject(folder) ?? (isBelow(cwd, folder) ? cwd : folder);
}

function exitCodeOf(
  { isInterrupted, failed, skipped, failedCopies }: BuildResult,
  hasErrors: boolean,
): number {
  if (isInterrupted) return interrupted;
  return hasErrors || failed.length + skipped.length + failedCopies.length > 0 ? 1 : 0;
}
