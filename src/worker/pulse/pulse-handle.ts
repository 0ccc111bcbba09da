import { Worker as Thread } from "node:worker_threads";
import type { LaunchDocument } from "../../domain/launch.ts";
import type { Task } from "../../domain/task.ts";
import type { Worker, WorkerUsage } from "../../domain/worker.ts";
import type { WorkerLink } from "../../link/worker-link.ts";
import type { ProcessTree } from "../../machine/process-tree.ts";
import type { AttemptWatch } from "../attempt/attempt.ts";
import { monotonicMs } from "../monotonic.ts";
import { aheadGraceMs, mostAhead } from "../pace.ts";
import { pulseThread } from "../pulse-thread.ts";
import { AttemptBoard } from "./attempt-board.ts";
import { type Departure, depart } from "./departure.ts";
import { Heartbeat } from "./heartbeat.ts";
import { keepLog } from "./log-keeper.ts";
import { LogTails } from "./log-tails.ts";
import type { Announced, FromPulse, PulseSeed, ToPulse, WorkerHosting } from "./messages.ts";
import type { ParentSigns } from "./parent-look.ts";
import { UsageBoard } from "./usage-board.ts";
import { excessOf, treeOfWorker, treeWithoutChildren } from "./worker-tree.ts";

export interface PulseHandleParams {
  readonly launch: LaunchDocument;
  readonly worker: Worker;
  readonly link: WorkerLink;
  readonly hosting: WorkerHosting;
  /** Set when the worker leaves with its parent. */
  readonly parent: ParentSigns | undefined;
  readonly onMessage: (message: FromPulse) => void;
  readonly onDeath: (error: unknown) => void;
}

/**
 * The main thread's end of the pulse.
 *
 * A thread costs 18 MB, and an idle worker does not block its event loop. So as long as nothing of
 * the handler's has run, heartbeats go out from here; `wake` starts the thread, which takes over.
 */
export class PulseHandle {
  readonly #params: PulseHandleParams;
  readonly #attempts: AttemptBoard;
  readonly #usage: UsageBoard;
  readonly #logTails: LogTails;
  readonly #freeSlots: number[];
  #resting: Resting | undefined;
  #thread: Thread | undefined;
  /** Resolves with what went wrong, or once the thread has died. */
  readonly #departed = Promise.withResolvers<"departed" | "died" | Error>();
  #closed = false;

  constructor(params: PulseHandleParams) {
    this.#params = params;
    const slots = params.launch.concurrency + mostAhead;
    this.#attempts = AttemptBoard.forSlots(slots);
    this.#usage = UsageBoard.forSlots(slots);
    this.#logTails = LogTails.forSlots(slots);
    this.#freeSlots = Array.from({ length: slots }, (_, slot) => slot);
    this.#resting = new Resting(params);
  }

  wake(): void {
    if (this.#thread !== undefined || this.#closed) return;
    this.#resting?.close();
    this.#resting = undefined;
    const { hosting } = this.#params;
    const thread = new Thread(pulseThread, {
      workerData: this.#seed(),
      transferList: hosting === "process" ? [] : [hosting.ender],
      execArgv: [],
    });
    thread.on("message", (message: FromPulse) => this.#hear(message));
    thread.on("error", (error) => this.#die(error));
    thread.on("exit", (code) => this.#die(new Error(`the pulse thread exited with code ${code}`)));
    this.#thread = thread;
  }

  /** For each task that is about to be begun, or was taken ahead, its attempt's own line to the pulse. */
  watch(tasks: readonly Task[]): readonly AttemptWatch[] {
    if (tasks.length === 0) return [];
    this.wake();
    const attempts = tasks.map((task) => this.#announced(task));
    this.#post({ kind: "announce", attempts });
    return attempts.map((attempt) => this.#watchOf(attempt));
  }

  #announced({ id: taskId, attempt, timeoutMs, startedAt }: Task): Announced {
    const slot = this.#freeSlots.pop();
    if (slot === undefined) throw new Error("more tasks were claimed than there are slots for");
    const timeout = timeoutMs === undefined ? {} : { timeoutMs };
    const ahead = startedAt === undefined ? { aheadUntil: monotonicMs() + aheadGraceMs } : {};
    return { taskId, attempt, ...this.#attempts.nextIn(slot), ...timeout, ...ahead };
  }

  #watchOf(announced: Announced): AttemptWatch {
    const { slot, taskId, attempt } = announced;
    const logTail = this.#logTails.of(slot);
    return {
      logTail,
      begin: () => {
        this.#usage.clear(slot);
        logTail.clear();
        const begins = this.#attempts.begin(announced, monotonicMs());
        if (!begins) this.#freeSlots.push(slot);
        return begins;
      },
      giveBack: () => {
        this.#freeSlots.push(slot);
        return this.#attempts.giveBack(announced);
      },
      finished: () => {
        this.#attempts.end(announced);
        const usage = this.#usage.read(slot);
        this.#freeSlots.push(slot);
        return usage;
      },
      superseded: () => this.#post({ kind: "superseded", taskId, attempt }),
    };
  }

  releaseAll(message: string): void {
    this.#post({ kind: "release_all", message });
  }

  /** Returns whether there is a thread that sees to what has to be done then. */
  parentIsGone(): boolean {
    this.#post({ kind: "parent_gone" });
    return this.#thread !== undefined;
  }

  /** Ends the worker's children and its row. */
  async depart(departure: Departure): Promise<void> {
    this.#post({ kind: "depart", departure });
    const answer = this.#thread === undefined ? "died" : await this.#departed.promise;
    if (answer === "died") await this.#departFromHere(departure);
    if (answer instanceof Error) throw answer;
    await this.close();
  }

  /** The store has said that the worker is gone: what there is to end is the thread's to judge. */
  lookAgain(): void {
    if (this.#thread === undefined) this.#params.onMessage({ kind: "gone" });
    else this.#post({ kind: "look" });
  }

  /** Ends the worker's children, and writes nothing. */
  async vanish(): Promise<void> {
    this.#post({ kind: "gone" });
    const answer = this.#thread === undefined ? "died" : await this.#departed.promise;
    if (answer === "died") await this.#tree().end({ graceMs: 0, keepRoot: true });
    await this.close();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#resting?.close();
    this.#resting = undefined;
    await this.#thread?.terminate();
    this.#thread = undefined;
  }

  #hear(message: FromPulse): void {
    if (message.kind === "departed") {
      this.#departed.resolve(message.error === undefined ? "departed" : new Error(message.error));
    } else {
      this.#params.onMessage(message);
    }
  }

  #die(error: unknown): void {
    if (this.#closed) return;
    this.#thread = undefined;
    this.#departed.resolve("died");
    this.#params.onDeath(error);
  }

  async #departFromHere(departure: Departure): Promise<void> {
    this.#resting?.close();
    const { link, worker } = this.#params;
    await depart({ link, tree: this.#tree(), workerId: worker.id, departure });
  }

  #tree(): ProcessTree {
    const { worker, hosting } = this.#params;
    return treeOfWorker(worker.id, hosting);
  }

  #post(message: ToPulse): void {
    this.#thread?.postMessage(message);
  }

  #seed(): PulseSeed {
    const { launch, worker, hosting, parent } = this.#params;
    const { link, timing, memoryLimit, logPath } = launch;
    return {
      workerId: worker.id,
      ...(worker.sessionId !== undefined && { sessionId: worker.sessionId }),
      hosting,
      link,
      timing,
      ...(memoryLimit !== undefined && { memoryLimit }),
      ...(logPath !== undefined && { logPath }),
      ...(parent !== undefined && { parent }),
      attempts: this.#attempts.memory,
      usage: this.#usage.memory,
      logTails: this.#logTails.memory,
    };
  }
}

/** What the pulse does before the worker's first task. */
class Resting {
  readonly #params: PulseHandleParams;
  readonly #heartbeat: Heartbeat;
  readonly #closeLog: () => void;
  readonly #process: Pick<ProcessTree, "sample"> | undefined;

  constructor(params: PulseHandleParams) {
    const { launch, worker, link, onMessage } = params;
    this.#params = params;
    this.#process = treeWithoutChildren(params.hosting);
    this.#closeLog = keepLog(launch.logPath);
    this.#heartbeat = new Heartbeat({
      link,
      workerId: worker.id,
      ...launch.timing,
      usage: () => this.#usage(),
      onRenewal: ({ standing }) => {
        if (standing === "gone") onMessage({ kind: "gone" });
        if (standing === "draining") onMessage({ kind: "draining" });
      },
      onLost: (error) => onMessage({ kind: "store_lost", message: String(error) }),
    });
  }

  close(): void {
    this.#heartbeat.close();
    this.#closeLog();
  }

  #usage(): WorkerUsage | undefined {
    const usage = this.#process?.sample();
    const excess = excessOf(usage, this.#params.launch.memoryLimit);
    if (excess !== undefined) this.#params.onMessage({ kind: "memory", excess });
    return usage;
  }
}
