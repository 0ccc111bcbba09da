import type { PreparedBuild } from "../../course/build/prepare-build.ts";
import type { CourseProblem } from "../../course/course.ts";
import type { Step } from "../../course/plan/plan.ts";
import { relativeTo } from "../../course/relative-to.ts";
import { span } from "../../domain/time-words.ts";
import type { CommandContext } from "../command.ts";
import type { OutputMode } from "./build-display.ts";
import type { BuildResult, EndedStep } from "./course-build.ts";
import { failureWords, warningLines } from "./step-words.ts";

export function tellProblems(
  { terminal }: CommandContext,
  problems: readonly CourseProblem[],
): void {
  for (const problem of problems) {
    const told = problemWords(problem);
    if (terminal.json) {
      terminal.note(JSON.stringify({ event: "problem", ...problem }));
    } else {
      terminal.note(told);
    }
  }
}

/** `course.yaml:3:5: error: …; what to do` */
function problemWords({ severity, file, line, column, message, hint }: CourseProblem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(":");
  return `${place}: ${severity}: ${message}${hint === undefined ? "" : `; ${hint}`}`;
}

/** What a build would do. */
export function tellPlan({ terminal }: CommandContext, build: PreparedBuild): void {
  const { stale, copies, strays, course } = build;
  const inCourse = (path: string) => relativeTo(course.root, path);
  if (terminal.json) {
    terminal.printJson({
      dry_run: true,
      steps: stale.map(({ step, because }) => ({ step: step.id, because })),
      copies: copies.map(({ from, to }) => ({ from: inCourse(from), to: inCourse(to) })),
      remove: strays.map(inCourse),
    });
    return;
  }
  for (const { step, because } of stale) terminal.print(`${step.id}: ${because}`);
  for (const { to } of copies) terminal.print(`copy ${inCourse(to)}`);
  for (const path of strays) terminal.print(`remove ${inCourse(path)}`);
  terminal.hint(
    `${number(stale.length, "step")} to do, ${number(copies.length, "copy", "copies")}, ${number(strays.length, "file")} to remove; nothing was done`,
  );
}

export function tellReasons({ terminal }: CommandContext, { stale }: PreparedBuild): void {
  for (const { step, because } of stale) {
    if (terminal.json) {
      terminal.note(JSON.stringify({ event: "stale", step: step.id, because }));
    } else {
      terminal.print(`${step.id}: ${because}`);
    }
  }
}

export interface Summary extends BuildResult {
  readonly exitCode: number;
  readonly build: PreparedBuild;
  readonly problems: readonly CourseProblem[];
  readonly mode: OutputMode;
  readonly tookMs: number;
}

export function tellSummary(context: CommandContext, summary: Summary): void {
  const { terminal } = context;
  if (terminal.json) {
    terminal.printJson(summaryJson(summary));
    return;
  }
  const { mode, exitCode, failed, skipped, isInterrupted } = summary;
  if (mode !== "quiet") for (const line of oldWarnings(summary)) terminal.note(line);
  if (mode === "quiet" && exitCode === 0) return;
  if (skipped.length > 0 && !isInterrupted) {
    for (const ended of skipped) terminal.note(`skipped: ${skippedWords(ended, failed)}`);
  }
  terminal.note(summaryLine(summary));
  for (const { path } of summary.build.course.targets) terminal.note(`  ${path}`);
}

function summaryLine(summary: Summary): string {
  const { isInterrupted, built, failed, skipped, copied, failedCopies, removed } = summary;
  const counts: readonly (readonly [number, string])[] = [
    [built, "built"],
    [upToDate(summary), "up to date"],
    [failed.length, "failed"],
    [skipped.length, isInterrupted ? "not done" : "skipped"],
    [copied, "copied"],
    [failedCopies.length, "not copied"],
    [removed, "removed"],
  ];
  const told = counts.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : []));
  const head = isInterrupted
    ? "stopped after"
    : summary.exitCode === 0
      ? "done in"
      : "failed after";
  return `${head} ${span(summary.tookMs)}: ${told.join(", ") || "nothing to do"}`;
}

function upToDate({ build }: Summary): number {
  return build.plan.steps.length - build.stale.length;
}

function skippedWords({ stale }: EndedStep, failed: readonly EndedStep[]): string {
  const { id, after } = stale.step;
  const cause = failed.find((ended) => after.includes(ended.stale.step.id));
  return cause === undefined ? id : `${id}, because of: ${cause.stale.step.id}`;
}

/** What was warned of when the steps were done that need not be done again. */
function oldWarnings({ build }: Summary): readonly string[] {
  const stale = new Set(build.stale.map(({ step }) => step.id));
  const again = new Set(warningsIn(build, ({ id }) => stale.has(id)));
  return warningsIn(build, ({ id }) => !stale.has(id))
    .filter((line) => !again.has(line))
    .map((line) => `warning: ${line}`);
}

function warningsIn(
  { plan, record, course }: PreparedBuild,
  isMeant: (step: Step) => boolean = () => true,
): readonly string[] {
  const steps = plan.steps.filter(isMeant);
  return warningLines(
    steps.map((step) => ({ step, warnings: record.step(step.id)?.warnings ?? [] })),
    course.root,
  );
}

/** `docs/json-output.md` describes this shape. */
function summaryJson(summary: Summary) {
  const { build, built, failed, skipped, copied, failedCopies, removed, tookMs } = summary;
  const { isInterrupted, exitCode, problems } = summary;
  return {
    status: isInterrupted ? "interrupted" : exitCode === 0 ? "built" : "failed",
    ...{ built, up_to_date: upToDate(summary), copied, removed },
    failed: failed.map(({ stale, task }) => ({ step: stale.step.id, ...failureWords(task) })),
    skipped: skipped.map(({ stale }) => stale.step.id),
    failed_copies: failedCopies,
    warnings: warningsIn(build),
    problems,
    outputs: build.course.targets.map(({ name, path }) => ({ name, path })),
    ...{ took_ms: Math.round(tookMs), exit_code: exitCode },
  };
}

function number(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
