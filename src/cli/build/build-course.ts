import { lookUp } from "../../config/config.ts";
import { resolveTaskTimeout } from "../../config/pool-settings.ts";
import { copyInPlace } from "../../course/build/copy-file.ts";
import { outputsOf, type StaleStep } from "../../course/build/find-stale.ts";
import { type PreparedBuild, prepareBuild } from "../../course/build/prepare-build.ts";
import { removeStrays } from "../../course/build/remove-strays.ts";
import type { WantedParts } from "../../course/build/select-parts.ts";
import { taskOfStep } from "../../course/build/task-of-step.ts";
import type { CourseProblem } from "../../course/course.ts";
import { relativeTo } from "../../course/plan/make-plan.ts";
import { defaultRetry, type Task } from "../../domain/task.ts";
import { span } from "../../domain/time-words.ts";
import type { CommandContext } from "../command.ts";
import { runTasks } from "../exec/run-tasks.ts";
import { counted } from "../present/counted.ts";
import { projectOf, servicesPlace } from "../services/services-setup.ts";
import { runSetupOf } from "../workers/run-setup.ts";
import { BuildDisplay, type OutputMode } from "./build-display.ts";
import { toolIdentity } from "./tool-identity.ts";

export interface BuildParams {
  readonly specPath: string;
  readonly root?: string;
  readonly parts: WantedParts;
  readonly mode: OutputMode;
  readonly dryRun: boolean;
  readonly explain: boolean;
}

/** Builds what is stale; answers with the exit code. */
export async function buildCourse(context: CommandContext, params: BuildParams): Promise<number> {
  const startedAt = performance.now();
  const { specPath, root, parts } = params;
  const { build, problems } = await prepareBuild({
    ...{ specPath, parts, identity: toolIdentity() },
    ...(root !== undefined && { root }),
    projectFolder: `${projectOf(servicesPlace(context.cwd))}/.clx`,
  });
  tellProblems(context, problems);
  const hasErrors = problems.some(({ severity }) => severity === "error");
  if (build === undefined) return 2;
  if (params.explain || params.dryRun) tellPlan(context, build, params);
  if (params.dryRun) return hasErrors ? 1 : 0;
  const result = await new CourseBuild(context, build, params).run();
  tellSummary(context, { ...result, build, params, tookMs: performance.now() - startedAt });
  if (result.exitCode !== 0) return result.exitCode;
  return hasErrors || result.failedCopies > 0 ? 1 : 0;
}

interface BuildResult {
  readonly exitCode: number;
  readonly built: number;
  readonly failed: number;
  readonly skipped: number;
  readonly copied: number;
  readonly failedCopies: number;
  readonly removed: number;
}

class CourseBuild {
  readonly #context: CommandContext;
  readonly #build: PreparedBuild;
  readonly #mode: OutputMode;
  #ended: { readonly step: StaleStep; readonly task: Task }[] = [];

  constructor(context: CommandContext, build: PreparedBuild, { mode }: BuildParams) {
    this.#context = context;
    this.#build = build;
    this.#mode = mode;
  }

  async run(): Promise<BuildResult> {
    const { stale, strays, plan, record, hashes } = this.#build;
    const exitCode = stale.length === 0 ? 0 : await this.#runSteps();
    const count = (state: string) => this.#ended.filter(({ task }) => task.state === state).length;
    const isWhole = exitCode !== 130;
    const copies = isWhole ? await this.#makeCopies() : { copied: 0, failedCopies: 0 };
    if (isWhole) removeStrays(strays, plan);
    record.save(hashes.known());
    return {
      exitCode,
      built: count("completed"),
      failed: count("failed"),
      skipped: count("cancelled"),
      ...copies,
      removed: isWhole ? strays.length : 0,
    };
  }

  async #runSteps(): Promise<number> {
    const { course, stale, cacheFolder } = this.#build;
    const places = new Map(stale.map(({ step }, at) => [step.id, at]));
    const tasks = stale.map(({ step }) => ({
      ...taskOfStep(step, { course, cacheFolder }),
      after: step.after.flatMap((id) => places.get(id) ?? []),
    }));
    const { terminal } = this.#context;
    const setup = runSetupOf(this.#context);
    return await runTasks(this.#context, {
      ...{ tasks, setup, kind: "build" },
      frame: { priority: 0, retry: defaultRetry, after: [], onDependencyFailure: "skip" },
      queue: lookUp(setup.config, "workers.queue_name").value,
      timeoutFor: (type) => resolveTaskTimeout(setup.config, type),
      displayFor: () =>
        new BuildDisplay({
          ...{ terminal, mode: this.#mode, steps: stale },
          onEnded: (step, task) => this.#note(step, task),
        }),
    });
  }

  /** At once, so that a build that is killed is known as far as it came. */
  #note(stale: StaleStep, task: Task): void {
    const { record, hashes } = this.#build;
    const { step } = stale;
    this.#ended.push({ step: stale, task });
    if (task.state === "completed") record.noteStep(step.id, step.inputs, outputsOf(step));
    else record.forgetStep(step.id);
    record.save(hashes.known());
  }

  async #makeCopies(): Promise<{ readonly copied: number; readonly failedCopies: number }> {
    const { copies, record, hashes, course } = this.#build;
    const undrawn = new Set(
      this.#ended.filter(({ task }) => task.state !== "completed").map(({ step }) => step.step.id),
    );
    let copied = 0;
    let failedCopies = 0;
    for (const { from, to, after } of copies) {
      if (after !== undefined && undrawn.has(after)) continue;
      try {
        await copyInPlace(from, to);
        record.noteCopy(to, from, await hashes.of(from));
        copied += 1;
      } catch (error) {
        failedCopies += 1;
        const why = error instanceof Error ? error.message : String(error);
        this.#context.terminal.note(`failed copy ${relativeTo(course.root, from)}: ${why}`);
      }
    }
    return { copied, failedCopies };
  }
}

function tellProblems({ terminal }: CommandContext, problems: readonly CourseProblem[]): void {
  for (const { severity, file, line, column, message, hint } of problems) {
    const place = [file, line, column].filter((part) => part !== undefined).join(":");
    const told = `${place}: ${severity}: ${message}${hint === undefined ? "" : `; ${hint}`}`;
    if (terminal.json) terminal.note(JSON.stringify({ event: "problem", severity, message: told }));
    else terminal.note(told);
  }
}

function tellPlan(
  { terminal }: CommandContext,
  { stale, copies, strays, course }: PreparedBuild,
  { dryRun }: BuildParams,
): void {
  if (terminal.json) {
    if (!dryRun) return;
    terminal.printJson({
      dry_run: true,
      steps: stale.map(({ step, because }) => ({ step: step.id, because })),
      copies: copies.length,
      strays: strays.map((path) => relativeTo(course.root, path)),
    });
    return;
  }
  for (const { step, because } of stale) terminal.print(`${step.id}: ${because}`);
  if (!dryRun) return;
  for (const path of strays) terminal.print(`remove ${relativeTo(course.root, path)}`);
  terminal.print(
    `${counted(stale.length, "step")}, ${counted(copies.length, "copy").replace("copys", "copies")}, ${counted(strays.length, "file")} to remove`,
  );
}

interface Summary extends BuildResult {
  readonly build: PreparedBuild;
  readonly params: BuildParams;
  readonly tookMs: number;
}

function tellSummary({ terminal }: CommandContext, summary: Summary): void {
  const { build, built, failed, skipped, copied, removed, tookMs, params, exitCode } = summary;
  const total = build.plan.steps.length;
  const upToDate = total - build.stale.length;
  if (terminal.json) {
    terminal.printJson({
      status: exitCode === 130 ? "aborted" : failed > 0 ? "failed" : "built",
      ...{ built, failed, skipped, up_to_date: upToDate, copied, removed },
      took_ms: Math.round(tookMs),
      outputs: build.course.targets.map(({ name, path }) => ({ name, path })),
    });
    return;
  }
  if (params.mode === "quiet" && failed === 0) return;
  const parts = [
    `${built} built`,
    `${upToDate} up to date`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(copied > 0 ? [`${copied} copied`] : []),
    ...(removed > 0 ? [`${removed} removed`] : []),
  ];
  const head = exitCode === 130 ? "stopped" : `${counted(total, "step")} in ${span(tookMs)}`;
  terminal.note(`${head}: ${parts.join(", ")}`);
  for (const { path } of build.course.targets) terminal.note(`  ${path}`);
}
