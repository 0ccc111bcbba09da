import { lookUp } from "../../config/config.ts";
import { resolveTaskTimeout } from "../../config/pool-settings.ts";
import { outputsOf, type StaleStep } from "../../course/build/find-stale.ts";
import { makeCopies, type Why } from "../../course/build/make-copies.ts";
import type { PreparedBuild } from "../../course/build/prepare-build.ts";
import { removeStrays } from "../../course/build/remove-strays.ts";
import { taskOfStep, typeOf } from "../../course/build/task-of-step.ts";
import type { Copy } from "../../course/plan/plan.ts";
import { relativeTo } from "../../course/relative-to.ts";
import { ClxError } from "../../domain/errors.ts";
import { defaultRetry, type Task } from "../../domain/task.ts";
import type { CommandContext } from "../command.ts";
import { type RunSetup, runSetupOf } from "../workers/run-setup.ts";
import { settle } from "../workers/settle.ts";
import { BuildDisplay } from "./build-display.ts";
import { buildFolders } from "./build-folders.ts";
import type { BuildParams } from "./build-params.ts";
import type { CrewKeeper } from "./crew-keeper.ts";
import { warningsOf } from "./step-words.ts";

export interface CourseBuildParams {
  readonly build: PreparedBuild;
  readonly params: BuildParams;
  readonly signal: AbortSignal;
  /** Keeps workers from build to build. */
  readonly keeper?: CrewKeeper;
}

export interface BuildResult {
  readonly isInterrupted: boolean;
  readonly built: number;
  readonly failed: readonly EndedStep[];
  /** They need something that failed, or were not begun before Ctrl-C. */
  readonly skipped: readonly EndedStep[];
  readonly copied: number;
  readonly failedCopies: readonly FailedCopy[];
  readonly removed: number;
}

export interface EndedStep {
  readonly stale: StaleStep;
  readonly task: Pick<Task, "state" | "failure">;
}

export interface FailedCopy {
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

/** One course being built: its steps by workers, its copies beside them, and then what is left over. */
export class CourseBuild {
  readonly #context: CommandContext;
  readonly #build: PreparedBuild;
  readonly #params: BuildParams;
  readonly #signal: AbortSignal;
  readonly #keeper: CrewKeeper | undefined;
  readonly #ended: EndedStep[] = [];
  readonly #failedCopies: FailedCopy[] = [];

  constructor(context: CommandContext, { build, params, signal, keeper }: CourseBuildParams) {
    this.#context = context;
    this.#build = build;
    this.#params = params;
    this.#signal = signal;
    this.#keeper = keeper;
  }

  async run(): Promise<BuildResult> {
    const { course, strays, plan, record, hashes } = this.#build;
    record.noteHashes(hashes.known());
    const [copiedNow, copiedLater] = await this.#make();
    const isInterrupted = this.#signal.aborted;
    if (!isInterrupted) removeStrays(strays, { ...plan, targets: course.targets });
    // Those of pictures that were drawn only now.
    record.noteHashes(hashes.known());
    record.tidy();
    const having = (...states: readonly string[]) =>
      this.#ended.filter(({ task }) => states.includes(task.state));
    return {
      isInterrupted,
      built: having("completed").length,
      failed: having("failed"),
      skipped: having("cancelled"),
      copied: copiedNow + copiedLater,
      failedCopies: this.#failedCopies,
      removed: isInterrupted ? 0 : strays.length,
    };
  }

  /** Copies of what is there are made while the steps run; those of pictures when they are drawn. */
  async #make(): Promise<readonly [number, number]> {
    const { stale, copies } = this.#build;
    const coming = new Set(stale.map(({ step }) => step.id));
    const waits = ({ after }: Copy) => after !== undefined && coming.has(after);
    const now = this.#copy(copies.filter((copy) => !waits(copy)));
    const [steps, copied] = await Promise.allSettled([this.#runSteps(), now]);
    if (steps.status === "rejected") throw steps.reason;
    const drawn = new Set(this.#ended.filter(isWell).map((ended) => ended.stale.step.id));
    const later = copies.filter((copy) => waits(copy) && drawn.has(copy.after ?? ""));
    return [copied.status === "fulfilled" ? copied.value : 0, await this.#copy(later)];
  }

  async #runSteps(): Promise<void> {
    const { course, cacheFolder } = this.#build;
    if (this.#build.stale.length === 0 || this.#signal.aborted) return;
    const folders = () => buildFolders(this.#build);
    const types = this.#build.stale.map(({ step }) => typeOf(step));
    const config = await settle(this.#context, types);
    const setup = runSetupOf({ ...this.#context, config }, { folders });
    const stale = this.#withoutImpossible(setup);
    if (stale.length === 0) return;
    const { rebuild } = this.#params;
    const places = new Map(stale.map(({ step }, at) => [step.id, at]));
    const tasks = stale.map(({ step }) => ({
      ...taskOfStep(step, { course, cacheFolder, rebuild }),
      after: step.after.flatMap((id) => places.get(id) ?? []),
    }));
    const { terminal } = this.#context;
    const { runTasks } = await import("../exec/run-tasks.ts");
    const queue = lookUp(setup.config, "workers.queue_name").value;
    const quiet = this.#params.mode === "quiet";
    const crew = await this.#keeper?.crew({ setup, queue, folders, quiet });
    await runTasks(this.#context, {
      ...{ tasks, setup, folders, kind: "build", queue, quiet, signal: this.#signal },
      ...(crew && { crew }),
      frame: { priority: 0, retry: defaultRetry, after: [], onDependencyFailure: "skip" },
      timeoutFor: (type) => resolveTaskTimeout(setup.config, type),
      displayFor: () =>
        new BuildDisplay({
          ...{ terminal, mode: this.#params.mode, steps: stale, root: course.root },
          onEnded: (step, task) => this.#note(step, task),
        }),
    });
  }

  /** What this machine has no workers for fails at once, and what needs it is skipped. */
  #withoutImpossible(setup: RunSetup): readonly StaleStep[] {
    const impossible = new Map<string, string>();
    return this.#build.stale.filter((stale) => {
      const { id, after } = stale.step;
      const because = lackOf(setup, typeOf(stale.step));
      const missing = after.some((needed) => impossible.has(needed));
      if (because === undefined && !missing) return true;
      impossible.set(id, because ?? "");
      if (because === undefined) this.#ended.push({ stale, task: { state: "cancelled" } });
      else this.#fail(stale, because);
      return false;
    });
  }

  #fail(stale: StaleStep, message: string): void {
    const task = { state: "failed", failure: { kind: "not_started", message } } as const;
    this.#ended.push({ stale, task });
    if (this.#params.mode === "json") return;
    this.#context.terminal.note(`failed: ${stale.step.id}: ${message}`);
  }

  /** At once, so that a build that is killed is known as far as it came. */
  #note(stale: StaleStep, task: Task): void {
    const { record, hashes } = this.#build;
    const { step } = stale;
    this.#ended.push({ stale, task });
    if (step.kind === "draw") for (const path of outputsOf(step)) hashes.forget(path);
    if (task.state === "completed") {
      const warnings = warningsOf(task);
      record.noteStep(step.id, { inputs: step.inputs, outputs: outputsOf(step), warnings });
    } else if (task.state === "failed") record.forgetStep(step.id);
  }

  async #copy(copies: readonly Copy[]): Promise<number> {
    const { record, hashes, course, cacheFolder } = this.#build;
    const written = [...course.targets.map(({ path }) => path), cacheFolder];
    return await makeCopies({
      ...{ copies, record, hashes, written, signal: this.#signal },
      onFailed: (copy, why) => this.#noteFailedCopy(copy, why),
    });
  }

  /** What is wrong with a file is told once, to however many outputs it goes; a full disk once for all. */
  #noteFailedCopy({ from, to }: Copy, { message: why, isOfPlace }: Why): void {
    const isTold = this.#failedCopies.some(
      (other) => other.why === why && (isOfPlace || other.from === from),
    );
    this.#failedCopies.push({ from, to, why });
    if (isTold || this.#params.mode === "json") return;
    const name = relativeTo(this.#build.course.root, from);
    this.#context.terminal.note(`failed: copy ${name}: ${why}`);
  }
}

/** Why there can be no workers of a type. */
function lackOf({ poolFor }: RunSetup, type: string): string | undefined {
  try {
    poolFor(type);
    return undefined;
  } catch (error) {
    if (error instanceof ClxError && error.code === "unknown_worker_type") return error.message;
    throw error;
  }
}

function isWell({ task }: EndedStep): boolean {
  return task.state === "completed";
}
