import type { JsonValue } from "../../domain/json.ts";
import type { Task } from "../../domain/task.ts";
import { checkpointFolderOf } from "../../machine/checkpoint-folder.ts";
import type { Settlement, Standing } from "../../store/task-store.ts";
import type { StopReason, TaskContext, WorkerDefinition } from "../handler.ts";
import { monotonicMs } from "../monotonic.ts";
import { checkPayload } from "./check-payload.ts";
import { openCheckpoint } from "./checkpoint.ts";
import type { LogTail } from "./log-tail.ts";
import { type HandlerEnding, outcomeOf } from "./outcome.ts";
import { type Report, Reporter } from "./reporter.ts";

/** What the pulse does for an attempt. */
export interface AttemptWatch {
  /** Where the end of its log is kept, until it has finished. */
  readonly logTail: LogTail;
  /** Whether it may begin: what was taken ahead may have been given back meanwhile. */
  begin(): boolean;
  /** Instead of beginning it; `false` when the pulse has done so already. */
  giveBack(): boolean;
  /** The handler has ended: from now on nothing stops the attempt. Tells what it has used. */
  finished(): AttemptUsage;
  superseded(): void;
}

/** Absent when the attempt was over before anybody looked. */
export interface AttemptUsage {
  readonly peakMemory?: number;
  readonly cpuMs?: number;
}

export interface AttemptParams {
  readonly task: Task;
  readonly workerId: string;
  readonly definition: WorkerDefinition;
  readonly checkpointFolder: string;
  readonly watch: AttemptWatch;
  readonly report: (report: Report) => Promise<Standing>;
  readonly now: () => number;
}

/** After the grace the children have been killed: what a handler makes of that is no result. */
const tooLate: HandlerEnding = { kind: "threw", error: undefined };

/** One try at a task, which has begun: runs the handler, passes on what it tells, and judges how it ended. */
export class Attempt {
  readonly task: Task;
  /** Never rejects; `undefined` when nothing is left to be told to the store. */
  readonly settlement: Promise<Settlement | undefined>;
  readonly #params: AttemptParams;
  readonly #reporter: Reporter;
  readonly #abort = new AbortController();
  #stopped: StopReason | undefined;
  #stoppedAt = Infinity;
  #forgotten = false;
  #askedForFolder = false;

  constructor(params: AttemptParams) {
    const { task, report, watch, now } = params;
    this.task = task;
    this.#params = params;
    this.#reporter = new Reporter({
      send: report,
      onSuperseded: () => watch.superseded(),
      now,
      logTail: watch.logTail,
    });
    this.settlement = this.#run();
  }

  /** Whether it, or an attempt before it, may have left a folder of checkpoints. */
  get mayHaveFolder(): boolean {
    return this.#askedForFolder || this.#params.task.attempt > 1;
  }

  /** The first reason counts; being superseded beats all others. */
  stop(reason: StopReason, askedAt: number = monotonicMs()): void {
    if (reason.kind === "superseded") this.#forget();
    if (this.#stopped === undefined) this.#stoppedAt = askedAt;
    this.#stopped ??= reason;
    this.#abort.abort(reason);
  }

  #forget(): void {
    this.#forgotten = true;
    this.#reporter.close();
  }

  async #run(): Promise<Settlement | undefined> {
    const { task, watch, now } = this.#params;
    const startedAt = task.startedAt ?? now();
    const ending = await this.#handle();
    const graceIsOver = monotonicMs() - this.#stoppedAt > (this.#stopped?.graceMs ?? Infinity);
    const logTail = watch.logTail.read();
    const usage = watch.finished();
    const logs = await this.#reporter.finish();
    if (this.#forgotten) return undefined;
    const outcome = outcomeOf(graceIsOver ? tooLate : ending, this.#stopped, {
      logTail,
      ...(usage.peakMemory !== undefined && { peakMemory: usage.peakMemory }),
    });
    const { id: taskId, attempt } = task;
    return { taskId, attempt, startedAt, outcome, ...usage, ...(logs.length > 0 && { logs }) };
  }

  async #handle(): Promise<HandlerEnding> {
    const { definition, task } = this.#params;
    try {
      const payload = await checkPayload(definition.schema, task.payload);
      const { id, type, attempt, attemptLimit, timeoutMs } = task;
      const inHand = {
        ...{ id, type, payload, attempt, attemptLimit },
        ...(timeoutMs !== undefined && { timeoutMs }),
      };
      return { kind: "returned", value: await definition.handle(inHand, this.#context()) };
    } catch (error) {
      return { kind: "threw", error };
    }
  }

  #context(): TaskContext {
    const { task, workerId, checkpointFolder } = this.#params;
    const reporter = this.#reporter;
    return {
      workerId,
      signal: this.#abort.signal,
      progress: (update) => reporter.progress(update),
      log: (line, stream) => reporter.log(line, stream),
      logReady: () => reporter.ready(),
      checkpoint: openCheckpoint({
        saved: task.checkpoint,
        folder: checkpointFolderOf(checkpointFolder, task.id),
        onFolder: () => {
          this.#askedForFolder = true;
        },
        save: (value: JsonValue) => reporter.saveCheckpoint(value),
      }),
    };
  }
}
