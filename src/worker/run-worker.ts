import { setTimeout as sleep } from "node:timers/promises";
import { ClxError } from "../domain/errors.ts";
import type { LaunchDocument } from "../domain/launch.ts";
import { span } from "../domain/time-words.ts";
import type { Worker } from "../domain/worker.ts";
import { openLink } from "../link/open-link.ts";
import type { WorkerLink } from "../link/worker-link.ts";
import { ownIdentity } from "../machine/process-identity.ts";
import { ClaimLoop } from "./claim-loop.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { farewellMs } from "./farewell.ts";
import { StopReason, type WorkerDefinition } from "./handler.ts";
import { Leave } from "./leave.ts";
import { loadHandler } from "./load-handler.ts";
import { memoryFreeReader } from "./memory-free.ts";
import type { Departure } from "./pulse/departure.ts";
import type { FromPulse, WorkerHosting } from "./pulse/messages.ts";
import type { ParentSigns } from "./pulse/parent-look.ts";
import { PulseHandle } from "./pulse/pulse-handle.ts";

export interface RunWorkerOptions {
  /** Aborted, the worker leaves: it takes no more tasks, and those it has get `stopGraceMs`. */
  readonly signal?: AbortSignal;
  /** Aborted, the tasks that still run are given back at once. */
  readonly hurry?: AbortSignal;
  /** Aborted when the end of the lifeline has been seen. */
  readonly parentGone?: AbortSignal;
  /** Where the lifeline is, for whoever has to look at it while the main thread blocks. */
  readonly lifelineFd?: number;
  /** Aborted with an error that nobody caught. */
  readonly crashed?: AbortSignal;
  /** `process` when the whole process is the worker's, and may be killed. */
  readonly hosting: WorkerHosting;
  /** Told in words what becomes of the worker, for its log. */
  readonly say?: (line: string) => void;
}

/**
 * A worker's whole life: resolves, once it has ended, with one of `exitCodes`.
 *
 * Theory of operation
 *
 *  1. Open the link and show the launch token, which is used up by that: a second process with
 *     the same document is refused, and ends without a trace. The row is still `created`.
 *  2. Load the handler and let it open. Only then is the row `idle`, and tasks are claimed; if
 *     that fails, the row fails with the reason. Whoever started the worker limits the time.
 *  3. Work (`claim-loop.ts`, `attempt/`), watched over by the pulse (`pulse/pulse.ts`).
 *  4. Leave, when asked to: by a signal, a drain, the end of the parent. No more claims; what
 *     runs may go on for a grace (as long as it needs, when drained), is then stopped as
 *     `released`, and what does not stop is ended by the pulse. Then the handler's `close`, the
 *     end of the children, the row is `dead`, and the code is 0.
 *
 * Or the worker cannot go on, at any point: an error that nobody caught, a pulse that died, a
 * store that is lost, a row that somebody else has ended. Then all attempts are dropped without
 * another word to the store. The children are always ended before the row is: only when nothing
 * of an attempt runs any more may others run its task.
 *
 * Whoever holds an outcome while the store cannot be reached keeps it; the link is patient. Only
 * when the grace for leaving is over as well, the worker ends without the store (`storeLost`), and
 * its row is put right by whoever judges it.
 *
 * Inline, the same worker is a thread of somebody's process (`thread-main.ts`), with a pulse of its
 * own: it may block, its children are known by their mark, and its host ends what does not stop.
 */
export async function runWorker(
  launch: LaunchDocument,
  options: RunWorkerOptions,
): Promise<ExitCode> {
  const say = options.say ?? (() => {});
  const leave = leaveWhenAsked(launch, options);
  let link: WorkerLink | undefined;
  try {
    link = await openLink(launch.link);
    hurryWhenDue(leave, link, () =>
      farewellMs(launch, launch.leaveWithParent && options.parentGone?.aborted === true),
    );
    const { workerId, launchToken, timing } = launch;
    const worker = await link.activate({
      workerId,
      launchToken,
      process: ownIdentity(),
      now: Date.now(),
      leaseMs: timing.leaseMs,
      isOpening: true,
    });
    return await new WorkerLife({ launch, options, link, worker, leave, say }).live();
  } catch (error) {
    say(messageOf(error));
    const isRefused = error instanceof ClxError && error.code === "worker_refused";
    return isRefused ? exitCodes.refused : exitCodes.storeLost;
  } finally {
    leave.close();
    await link?.close().catch((error: unknown) => say(messageOf(error)));
  }
}

function leaveWhenAsked(launch: LaunchDocument, { signal, hurry }: RunWorkerOptions): Leave {
  const leave = new Leave();
  onAbort(signal, (reason) => leave.ask(wordOf(reason), launch.timing.stopGraceMs));
  onAbort(hurry, (reason) => leave.ask(wordOf(reason), 0));
  return leave;
}

/** Absent for one that goes on without it. */
function parentOf(
  { leaveWithParent }: LaunchDocument,
  { lifelineFd }: RunWorkerOptions,
): ParentSigns | undefined {
  if (!leaveWithParent || lifelineFd === undefined) return undefined;
  return { pid: process.ppid, lifelineFd };
}

/** Whoever waits for the end of a worker need not wait for a store that is out of reach. */
function hurryWhenDue(leave: Leave, link: WorkerLink, patienceMs: () => number): void {
  void leave.due.then(() => link.hurry(patienceMs()));
}

interface WorkerLifeParams {
  readonly launch: LaunchDocument;
  readonly options: RunWorkerOptions;
  readonly link: WorkerLink;
  readonly worker: Worker;
  readonly leave: Leave;
  readonly say: (line: string) => void;
}

/** Why a worker cannot go on. */
interface Fatality {
  readonly code: ExitCode;
  readonly reason: string;
  readonly details?: string;
}

class WorkerLife {
  readonly #params: WorkerLifeParams;
  readonly #startedAt = performance.now();
  readonly #leave: Leave;
  readonly #fatality = Promise.withResolvers<Fatality>();
  readonly #pulse: PulseHandle;
  #loop: ClaimLoop | undefined;
  /** Set when it leaves for a reason of its own. */
  #code: ExitCode = exitCodes.left;

  constructor(params: WorkerLifeParams) {
    const { launch, worker, link, options, leave } = params;
    this.#params = params;
    this.#leave = leave;
    this.#pulse = new PulseHandle({
      launch,
      worker,
      link,
      hosting: options.hosting,
      parent: parentOf(launch, options),
      onMessage: (message) => this.#heed(message),
      onDeath: (error) =>
        this.#fail(exitCodes.pulseDied, `its pulse thread died: ${messageOf(error)}`),
    });
  }

  async live(): Promise<ExitCode> {
    this.#listen();
    try {
      return await Promise.race([
        this.#work().catch((error: unknown) =>
          this.#die({ code: exitCodes.storeLost, reason: messageOf(error) }),
        ),
        this.#fatality.promise.then((fatality) => this.#die(fatality)),
      ]);
    } finally {
      await this.#pulse.close();
    }
  }

  async #work(): Promise<ExitCode> {
    const loading = this.#prepare();
    const ready = await Promise.race([loading, this.#leave.due]);
    if (typeof ready === "number") return ready;
    if (ready === undefined) return this.#depart();
    const { link, launch } = this.#params;
    await link.ready({ workerId: launch.workerId, now: Date.now() });
    const loop = this.#startLoop(ready);
    await this.#leave.asked;
    const finished = loop.finish();
    await Promise.race([finished, this.#leave.due]);
    this.#pulse.releaseAll(this.#leave.reason);
    await finished;
    await this.#close(ready);
    return this.#depart();
  }

  /** Returns the exit code when there is no working with this handler. */
  async #prepare(): Promise<WorkerDefinition | ExitCode> {
    const { launch } = this.#params;
    let code: ExitCode = exitCodes.unknownHandler;
    try {
      const definition = await loadHandler(launch.handler, launch.type);
      code = exitCodes.openFailed;
      if (definition.open) {
        this.#pulse.wake();
        await definition.open({ workerId: launch.workerId, settings: launch.settings ?? {} });
      }
      return definition;
    } catch (error) {
      const word = code === exitCodes.openFailed ? "open_failed" : "unknown_handler";
      return this.#departFailed({ code, reason: `${word}: ${messageOf(error)}` });
    }
  }

  #startLoop(definition: WorkerDefinition): ClaimLoop {
    const { launch, link } = this.#params;
    const loop = new ClaimLoop({
      launch,
      link,
      definition,
      watch: (tasks) => this.#pulse.watch(tasks),
      memoryFree: memoryFreeReader(),
      onStanding: (kind) => (kind === "gone" ? this.#pulse.lookAgain() : this.#heed({ kind })),
      onLost: (error) => this.#heed({ kind: "store_lost", message: messageOf(error) }),
    });
    this.#loop = loop;
    loop.start();
    return loop;
  }

  #listen(): void {
    const { parentGone, crashed } = this.#params.options;
    onAbort(parentGone, () => this.#loseParent());
    onAbort(crashed, (error) => {
      const stack = error instanceof Error ? error.stack : undefined;
      this.#fatality.resolve({
        code: exitCodes.crashed,
        reason: `its code threw where nobody caught it: ${messageOf(error)}`,
        ...(stack !== undefined && { details: stack.slice(0, 4_000) }),
      });
    });
  }

  #heed(message: FromPulse): void {
    switch (message.kind) {
      case "stop": {
        const { reason, message: why, graceMs, askedAt } = message;
        this.#loop?.stop(message, new StopReason(reason, why, graceMs), askedAt);
        break;
      }
      case "draining":
        this.#leave.ask("drained", Infinity);
        break;
      case "gone":
        this.#fail(exitCodes.gone, "its row has been ended by somebody else");
        break;
      case "parent_gone":
        this.#leave.ask("its parent is gone", 0);
        break;
      case "memory":
        this.#heedMemory(message.excess);
        break;
      case "store_lost":
        this.#fail(exitCodes.storeLost, `the store is lost: ${message.message}`);
        break;
      case "gave_up":
        this.#fail(exitCodes.gaveUp, message.message);
        break;
      case "departed":
        break;
    }
  }

  #heedMemory(excess: string | undefined): void {
    if (excess === undefined) {
      this.#loop?.pause(false);
    } else {
      this.#code = exitCodes.overMemory;
      this.#leave.ask(excess, this.#params.launch.timing.stopGraceMs);
    }
  }

  #loseParent(): void {
    if (!this.#params.launch.leaveWithParent) return;
    if (this.#pulse.parentIsGone()) return;
    const { link, worker } = this.#params;
    const { sessionId } = worker;
    this.#leave.ask("its parent is gone", 0);
    if (sessionId === undefined) return;
    const reason = "the process that opened it is gone";
    link.endSession({ sessionId, reason, now: Date.now() }).catch((error: unknown) => {
      this.#params.say(`the session could not be closed: ${messageOf(error)}`);
    });
  }

  #fail(code: ExitCode, reason: string): void {
    this.#fatality.resolve({ code, reason });
  }

  async #die(fatality: Fatality): Promise<ExitCode> {
    const { code, reason } = fatality;
    this.#loop?.abandon(new StopReason("superseded", reason, 0));
    if (code === exitCodes.crashed || code === exitCodes.pulseDied) {
      return await this.#departFailed(fatality);
    }
    this.#params.say(reason);
    if (code !== exitCodes.gaveUp) await this.#pulse.vanish();
    return code;
  }

  /** A handler that does not return must not keep the worker. */
  async #close(definition: WorkerDefinition): Promise<void> {
    if (definition.close === undefined) return;
    const ended = new AbortController();
    const tooLong = sleep(this.#params.launch.timing.abortGraceMs, "too long" as const, {
      signal: ended.signal,
    });
    tooLong.catch(() => {});
    try {
      const word = await Promise.race([definition.close(), tooLong]);
      if (word === "too long") this.#params.say("the handler's close did not end, and is given up");
    } catch (error) {
      this.#params.say(`the handler's close failed: ${messageOf(error)}`);
    } finally {
      ended.abort();
    }
  }

  async #depart(): Promise<ExitCode> {
    const took = span(performance.now() - this.#startedAt);
    const count = this.#loop?.settled ?? 0;
    const reason = `${this.#leave.reason}; ended ${count} ${count === 1 ? "attempt" : "attempts"} in ${took}`;
    const isOwnWish = this.#code !== exitCodes.left;
    await this.#sayAndDepart({
      event: isOwnWish ? "fail" : "leave",
      reason,
      exitCode: this.#code,
      tasks: { kind: "released" },
      graceMs: this.#params.launch.timing.abortGraceMs,
    });
    return this.#code;
  }

  async #departFailed({ code, reason, details }: Fatality): Promise<ExitCode> {
    const message = `the worker ended while it held the task: ${reason}`;
    await this.#sayAndDepart({
      event: "fail",
      reason,
      exitCode: code,
      tasks: {
        kind: "failed",
        failure: { kind: "worker_died", message, ...(details !== undefined && { details }) },
      },
      graceMs: 0,
    });
    return code;
  }

  async #sayAndDepart(departure: Departure): Promise<void> {
    this.#params.say(departure.reason);
    await this.#pulse.depart(departure);
  }
}

function onAbort(signal: AbortSignal | undefined, heed: (reason: unknown) => void): void {
  if (signal?.aborted) heed(signal.reason);
  else signal?.addEventListener("abort", () => heed(signal.reason), { once: true });
}

/** An abort without a reason of its own says nothing. */
function wordOf(reason: unknown): string {
  return reason instanceof DOMException ? "asked to leave" : messageOf(reason);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
