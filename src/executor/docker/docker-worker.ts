import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { ClxError } from "../../domain/errors.ts";
import type {
  CleanupParams,
  RunningWorker,
  StopParams,
  WorkerExit,
  WorkerRef,
} from "../executor.ts";
import { exitOf } from "./container-exit.ts";
import type { ContainerLog } from "./container-log.ts";
import {
  type Engine,
  inTime,
  reasonOf,
  statusOf,
  unlessGone,
  untilItAnswers,
  within,
} from "./engine.ts";
import { type PastEvents, readPastEvents } from "./past-events.ts";
import { untilEnded } from "./until-ended.ts";

export interface DockerWorkerParams {
  readonly ref: WorkerRef;
  readonly engine: Engine;
  readonly container: Docker.Container;
  readonly log: ContainerLog;
  readonly startedAt: number;
  /** Lets go of the connection that the worker hears us by. */
  readonly hangUp: () => void;
}

/** How long the last lines of a log may take to arrive. */
const lastLinesMs = 2_000;
/** How long the engine may take to tell of what it has seen. */
const lateEventsMs = 200;
/** How long the engine may take to remove a container. */
const removalMs = 60_000;

/** A container and the worker in it, whoever started it. */
export class DockerWorker implements RunningWorker {
  readonly ref: WorkerRef;
  readonly exit: Promise<WorkerExit>;
  readonly #params: DockerWorkerParams;
  readonly #letGo = new AbortController();
  #isEndedByUs = false;

  constructor(params: DockerWorkerParams) {
    this.#params = params;
    this.ref = params.ref;
    this.exit = this.#follow();
  }

  async stop({ graceMs, onSignal }: StopParams): Promise<WorkerExit> {
    this.#isEndedByUs = true;
    if (graceMs > 0 && (await this.#askToLeave())) {
      onSignal?.("SIGTERM", 1);
      await this.#exitWithin(graceMs);
    }
    await this.remove({ onSignal });
    if (this.#letGo.signal.aborted) return { kind: "lost", reason: "it was let go before its end" };
    return await this.exit;
  }

  /** Returns how many containers were ended. */
  async remove({ onSignal }: CleanupParams = {}): Promise<number> {
    this.#isEndedByUs = true;
    return await removeContainer(this.#params.container, { onSignal });
  }

  /** A worker that leaves with its parent leaves. */
  letGo(): void {
    this.#letGo.abort();
    this.#params.hangUp();
  }

  async #exitWithin(graceMs: number): Promise<void> {
    const { promise: overdue, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, graceMs);
    this.#letGo.signal.addEventListener("abort", () => resolve(), { once: true });
    await Promise.race([this.exit, overdue]);
    clearTimeout(timer);
  }

  async #askToLeave(): Promise<boolean> {
    const { container } = this.#params;
    try {
      await wake(container);
      await inTime(container.kill({ signal: "SIGTERM" }));
      return true;
    } catch (error) {
      if (statusOf(error) === undefined) throw error;
      return false; // it has just gone
    }
  }

  async #follow(): Promise<WorkerExit> {
    const { container, engine, log } = this.#params;
    try {
      const exit = await this.#watch();
      await Promise.race([log.ended, sleep(lastLinesMs, undefined, { ref: false })]);
      await removeContainer(container).catch(() => 0); // cleanup will, and says why not
      this.#params.hangUp();
      return exit;
    } catch (error) {
      if (this.#letGo.signal.aborted) return await new Promise<never>(() => {});
      return { kind: "lost", reason: `engine ${engine.id}: ${reasonOf(error)}` };
    }
  }

  /** Resolves when it has ended, however often the engine is away meanwhile. */
  async #watch(): Promise<WorkerExit> {
    const { container, engine } = this.#params;
    const { signal } = this.#letGo;
    let wasAway = false;
    for (;;) {
      try {
        return await this.#explain(await untilEnded(container, signal));
      } catch (error) {
        if (signal.aborted) throw error;
        if (statusOf(error) === 404) return await this.#explainGone(wasAway);
        await untilItAnswers(engine.docker, { withinMs: Infinity, signal });
        wasAway = true;
      }
    }
  }

  async #explain(exitCode: number): Promise<WorkerExit> {
    const { container } = this.#params;
    if (exitCode < 128) return exitOf({ exitCode, outOfMemory: false, fromOutside: false });
    const { State } = (await unlessGone(inTime(container.inspect()))) ?? {};
    const past = await this.#pastOfKilled();
    return exitOf({
      exitCode,
      outOfMemory: State?.OOMKilled === true || past.outOfMemory,
      fromOutside: past.wasKilled && !this.#isEndedByUs,
    });
  }

  async #explainGone(wasAway: boolean): Promise<WorkerExit> {
    const { exitCode, outOfMemory, wasKilled } = await this.#past();
    if (exitCode !== undefined) {
      return exitOf({ exitCode, outOfMemory, fromOutside: wasKilled && !this.#isEndedByUs });
    }
    const why = wasAway ? "the Docker daemon was started again" : "nobody saw how it ended";
    return { kind: "lost", reason: `its container is gone: ${why}` };
  }

  /** What killed it may be told a moment after its end. */
  async #pastOfKilled(): Promise<PastEvents> {
    const past = await this.#past();
    if (past.outOfMemory || past.wasKilled || this.#isEndedByUs) return past;
    await sleep(lateEventsMs);
    return await this.#past();
  }

  #past() {
    const { engine, container, startedAt } = this.#params;
    const asked = { container: container.id, since: startedAt };
    return inTime(readPastEvents(engine.docker, asked));
  }
}

/**
 * Kills and removes a container; returns how many there were. Harmless when it is gone.
 *
 * @throws ClxError `process_not_stopped`
 */
export async function removeContainer(
  container: Docker.Container,
  { onSignal }: CleanupParams = {},
): Promise<number> {
  const found = await unlessGone(inTime(container.inspect()));
  if (found === undefined) return 0;
  if (found.State.Running) onSignal?.("SIGKILL", 1);
  await wake(container).catch(() => {}); // it has just ended
  try {
    await unlessGone(within(removalMs, container.remove({ force: true, v: true })));
  } catch (error) {
    if (statusOf(error) !== 409) throw notRemoved(container, reasonOf(error));
    // else the engine is about it already
  }
  const deadline = performance.now() + removalMs;
  while ((await unlessGone(inTime(container.inspect()))) !== undefined) {
    if (performance.now() > deadline) throw notRemoved(container, "it is still there");
    await sleep(20);
  }
  return found.State.Running ? 1 : 0;
}

/** A container that is paused hears nothing, and can be neither asked nor killed. */
async function wake(container: Docker.Container): Promise<void> {
  const found = await unlessGone(inTime(container.inspect()));
  if (found?.State.Paused) await inTime(container.unpause());
}

function notRemoved({ id }: Docker.Container, reason: string): ClxError {
  const short = id.slice(0, 12);
  return new ClxError(
    "process_not_stopped",
    `the container ${short} could not be removed: ${reason}; end it by hand: docker rm -f ${short}`,
  );
}
