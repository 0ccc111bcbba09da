import { IllegalTransitionError } from "../domain/errors.ts";
import type { ExecutionMode, Worker } from "../domain/worker.ts";
import { endedWorkerStates, isLive, liveWorkerStates } from "../domain/worker-state.ts";
import type { WorkerExecutor } from "../executor/executor.ts";
import { isAlive, ownIdentity } from "../machine/process-identity.ts";
import type { TaskStore } from "../store/task-store.ts";
import type { Clock } from "./clock.ts";
import type { Journal } from "./journal.ts";
import { judgeSilence, type SilenceLimits, type SilenceVerdict } from "./judge-silence.ts";
import { readLogTail } from "./log-tail.ts";
import { askExecutors } from "./recovery/ask-executors.ts";
import { endRemains, isProcessOfItsOwn } from "./recovery/end-remains.ts";
import { Parted } from "./recovery/parted.ts";
import { lookOf, readFacts, signsOf, type WorkerFacts } from "./recovery/read-signs.ts";
import { Sightings } from "./sightings.ts";

/**
 * Puts right what the dead have left behind.
 *
 * Theory of operation
 *
 * A sweep looks at all live rows, at open sessions, and at rows that have ended while their
 * process may still run. `judge-silence.ts` says what each worker is; this acts:
 *
 *   session whose process is gone     → the session ends: its open tasks are cancelled, and its
 *                                       workers are told to leave
 *   worker whose process is gone      → strays of its tree are ended, then its row fails and its
 *                                       tasks go back, in one step
 *   never started, lapsed elsewhere   → the same
 *   orphan that does not leave, or a
 *   worker that has stalled           → its tree is ended and verified, then as above
 *   silent, or beating again          → shown as hung, or as responding
 *   ended row, process still runs     → its tree is ended
 *
 * It touches only what is provably dead or nobody's; workers of a living supervisor are that
 * supervisor's. Any number of processes may sweep one store at once: endings are idempotent, and
 * a process is signalled only under its own pid and start. So each supervisor sweeps, and each
 * standalone worker does too, and none of them is needed for it.
 *
 * A process that cannot be ended keeps its row, and with it its tasks: the next sweep tries
 * again. What one worker's end takes holds up nobody else's.
 */
export class Recovery {
  readonly #params: RecoveryParams;
  readonly #sightings: Sightings;
  readonly #parted: Parted;
  readonly #inHand = new Map<string, Promise<void>>();
  /** Live at the last sweep; `undefined` before the first. */
  #live: ReadonlyMap<string, Worker> | undefined;

  constructor(params: RecoveryParams) {
    this.#params = params;
    this.#sightings = new Sightings(params.longestStepMs);
    this.#parted = new Parted(params.limits.leaveMs);
  }

  /** Resolves once everything is judged; endings may go on. Rejects when the store does. */
  async sweep(): Promise<void> {
    await this.#endDeadSessions();
    const judged = await this.judge();
    for (const { facts, verdict } of judged) this.#act(facts, verdict);
    await this.#endOverstayers(judged.map(({ facts }) => facts.worker));
  }

  /** What the live workers are, without doing anything about it. */
  async judge(): Promise<readonly Judged[]> {
    const { store, clock } = this.#params;
    const workers = await store.listWorkers({ states: [...liveWorkerStates] });
    const { executors } = this.#params;
    const onlooker = { ...this.#onlooker(), running: await askExecutors(workers, executors) };
    const seen = workers.map((worker) => readFacts(worker, onlooker));
    const sightings = this.#sightings.look(seen.map(lookOf), clock.monotonic());
    return seen.flatMap((facts) => {
      const sighting = sightings.get(facts.worker.id);
      if (sighting === undefined) return [];
      const limits = this.#limitsFor(facts.worker);
      return [{ facts, verdict: judgeSilence(signsOf(facts, sighting), limits) }];
    });
  }

  /** Resolves once all endings under way are done. */
  async idle(): Promise<void> {
    await Promise.all(this.#inHand.values());
  }

  #onlooker() {
    const { store, isOurs = () => false } = this.#params;
    return { isOurs, host: ownIdentity().host, spansMachines: store.abilities.spansMachines };
  }

  /** A worker may have been given a longer lease than we give. */
  #limitsFor({ heartbeatAt = 0, leasedUntil = 0 }: Worker): SilenceLimits {
    const { limits } = this.#params;
    return { ...limits, leaseMs: Math.max(limits.leaseMs, leasedUntil - heartbeatAt) };
  }

  async #endDeadSessions(): Promise<void> {
    const { store, clock } = this.#params;
    for (const { id, process } of await store.listSessions({ open: true })) {
      if (isAlive(process) !== false) continue;
      const reason = `the process that opened it (${process.pid}) is gone`;
      this.#takeInHand(`session ${id}`, async () => {
        await store.endSession({ sessionId: id, reason, now: clock.now() });
      });
    }
  }

  #act({ worker, keeper }: WorkerFacts, verdict: SilenceVerdict): void {
    const { endOurs } = this.#params;
    const { id: workerId } = worker;
    switch (verdict.kind) {
      case "well":
        return;
      case "hang":
      case "respond":
        // Not awaited: it may be frozen with the store's lock, and must be ended all the same.
        this.#takeInHand(`${verdict.kind} ${workerId}`, () => this.#mark(workerId, verdict.kind));
        return;
      case "kill":
        if (!isProcessOfItsOwn(worker) && keeper !== "us") return;
        break;
      case "bury":
        break;
    }
    if (keeper === "us") endOurs?.(workerId, verdict);
    else this.#takeInHand(workerId, () => this.#end(worker, verdict));
  }

  async #endOverstayers(live: readonly Worker[]): Promise<void> {
    const { clock, journal, executors } = this.#params;
    const now = clock.monotonic();
    this.#parted.watch(await this.#endedSince(live), now);
    for (const worker of this.#parted.overdue(now)) {
      this.#takeInHand(worker.id, async () => {
        const count = await endRemains(worker, executors);
        if (count > 0) await journal.note(orphanEvent(worker, "its row had ended", count));
      });
    }
  }

  async #endedSince(live: readonly Worker[]): Promise<readonly Worker[]> {
    const { store, isOurs = () => false } = this.#params;
    const before = this.#live;
    this.#live = new Map(live.map((worker) => [worker.id, worker]));
    const ended =
      before === undefined
        ? await store.listWorkers({ states: [...endedWorkerStates] })
        : [...before.values()].filter(({ id }) => !this.#live?.has(id));
    return ended.filter(({ id }) => !isOurs(id));
  }

  /** It beat, was adopted or has ended since it was judged. */
  async #hasChanged({ id, beats, parent }: Worker): Promise<boolean> {
    const now = await this.#params.store.findWorker(id);
    return (
      now === undefined ||
      !isLive(now.state) ||
      now.beats !== beats ||
      now.parent?.pid !== parent?.pid
    );
  }

  /** Goes on beside the sweep, once at a time. */
  #takeInHand(what: string, work: () => Promise<void>): void {
    if (this.#inHand.has(what)) return;
    const done = work()
      .catch(this.#params.onError)
      .finally(() => this.#inHand.delete(what));
    this.#inHand.set(what, done);
  }

  async #mark(workerId: string, event: "hang" | "respond"): Promise<void> {
    const { store, clock } = this.#params;
    try {
      await store.changeWorker({ workerId, event, now: clock.now() });
    } catch (error) {
      if (error instanceof IllegalTransitionError) return; // it changed by itself meanwhile
      throw error;
    }
  }

  async #end(worker: Worker, verdict: Extract<SilenceVerdict, { why: string }>): Promise<void> {
    const { store, clock, journal, executors } = this.#params;
    if (await this.#hasChanged(worker)) return;
    const count = await endRemains(worker, executors);
    if (count > 0) void journal.note(orphanEvent(worker, verdict.why, count));
    const logTail = await readLogTail(worker.logPath);
    const evidence = logTail === "" ? {} : { logTail };
    const message = `${worker.id}: ${verdict.why}`;
    await store.endWorker({
      workerId: worker.id,
      event: "fail",
      ending: { reason: verdict.why, ...evidence },
      tasks: { kind: "failed", failure: { kind: verdict.failure, message, ...evidence } },
      now: clock.now(),
      jitter: Math.random(),
    });
  }
}

export interface Judged {
  readonly facts: WorkerFacts;
  readonly verdict: SilenceVerdict;
}

export interface RecoveryParams {
  readonly store: TaskStore;
  readonly executors: ReadonlyMap<ExecutionMode, WorkerExecutor>;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly limits: SilenceLimits;
  /** The most that counts as watched between two sweeps. */
  readonly longestStepMs: number;
  readonly onError: (error: unknown) => void;
  /** Workers in the care of whoever sweeps, who notices their end without us. */
  readonly isOurs?: (workerId: string) => boolean;
  readonly endOurs?: (workerId: string, verdict: Extract<SilenceVerdict, { why: string }>) => void;
}

function orphanEvent(worker: Worker, reason: string, count: number) {
  return {
    type: "orphan_ended" as const,
    message: `${count} processes of ${worker.id} were ended: ${reason}`,
    workerId: worker.id,
    workerType: worker.type,
    mode: worker.mode,
    data: { reason, processes: count },
  };
}
