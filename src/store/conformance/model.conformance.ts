import fc from "fast-check";
import { expect, it } from "vitest";
import { newId } from "../../domain/ids.ts";
import type { Outcome } from "../../domain/settlement.ts";
import type { NewTask, Task } from "../../domain/task.ts";
import { ModelStore, type ModelTask, modelFailures } from "./model.ts";
import { failure, type OpenSite, Stage } from "./stage.ts";

/**
 * Drives a store with random steps, and compares it with a model after each.
 *
 * Numbers in a step stand for whatever exists then (a task, a worker), so any sequence of steps
 * makes sense and a failing one shrinks well. fast-check prints the seed of a failure.
 */
export function describeModel(open: OpenSite): void {
  it("agrees with a simple model, whatever is done in whatever order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 80, size: "max" }),
        async (steps) => {
          const site = await open();
          try {
            const run = new Run(new Stage(site));
            for (const next of steps) await run.perform(next);
          } finally {
            await site.close();
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);
}

const which = fc.nat(1_000);

const ahead = fc.constantFrom(0, 0, 1, 3);

const outcome = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Outcome>({ kind: "completed" }) },
  fc.constant<Outcome>({ kind: "released" }),
  fc.constant<Outcome>({ kind: "cancelled" }),
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(...modelFailures)
      .map((kind): Outcome => ({ kind: "failed", failure: failure(kind) })),
  },
);

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("submit" as const),
      priority: fc.integer({ min: -1, max: 1 }),
      delayMs: fc.constantFrom(undefined, undefined, 0, 500, 5_000),
      after: fc.array(which, { maxLength: 3 }),
      onDependencyFailure: fc.constantFrom("skip" as const, "run" as const),
      maxAttempts: fc.integer({ min: 1, max: 3 }),
      on: fc.constantFrom("infrastructure" as const, "any" as const),
      session: fc.constantFrom(undefined, undefined, 0, 1),
      key: fc.constantFrom(undefined, undefined, undefined, "a", "b"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("work" as const),
      session: fc.constantFrom(undefined, undefined, 0, 1),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("claim" as const),
      worker: which,
      limit: fc.integer({ min: 1, max: 3 }),
      ahead,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      task: which,
      /** How many attempts ago: mostly the current one. */
      stale: fc.constantFrom(0, 0, 0, 0, 1),
      outcome,
      jitter: fc.constantFrom(0, 0.5, 1),
      limit: fc.constantFrom(0, 1, 2),
      ahead,
      begins: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("endWorker" as const), worker: which, outcome }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("begin" as const), task: which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cancel" as const), task: which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("retry" as const), task: which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(2_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("pause" as const), paused: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("renew" as const), worker: which }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("endSession" as const), session: fc.nat(1) }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Kind<K extends Step["do"]> = Extract<Step, { readonly do: K }>;

/** One sequence of steps, done to the store and to the model. */
class Run {
  readonly #stage: Stage;
  readonly #model: ModelStore;
  readonly #sessions: string[] = [];

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#model = new ModelStore(stage.now);
  }

  async perform(next: Step): Promise<void> {
    await this.#do(next);
    await this.#compare();
  }

  async #do(next: Step): Promise<void> {
    switch (next.do) {
      case "submit":
        return this.#submit(next);
      case "work":
        return this.#addWorker(next);
      case "claim":
        return this.#claim(next);
      case "settle":
        return this.#settle(next);
      case "endWorker":
        return this.#endWorker(next);
      case "begin":
        return this.#begin(next);
      case "cancel":
        return this.#cancel(next);
      case "retry":
        return this.#retry(next);
      case "wait":
        this.#stage.now += next.ms;
        this.#model.now = this.#stage.now;
        return;
      case "renew":
        return this.#renew(next);
      case "pause":
        return this.#pause(next);
      case "endSession":
        return this.#endSession(next);
    }
  }

  async #submit(next: Kind<"submit">): Promise<void> {
    const { priority, delayMs, onDependencyFailure, maxAttempts, on, key } = next;
    const sessionId = await this.#session(next.session);
    const after = next.after.flatMap((task) => this.#task(task)?.task.id ?? []);
    const task: NewTask = {
      ...this.#stage.newTask({ id: newId(this.#stage.now), priority, onDependencyFailure }),
      after: [...new Set(after)],
      retry: { maxAttempts, on, backoffMs: 1_000, maxBackoffMs: 4_000 },
      ...(delayMs !== undefined && { runAt: this.#stage.now + delayMs }),
      ...(sessionId !== undefined && { sessionId }),
      ...(key !== undefined && { key }),
    };
    const submitted = this.#stage.store.submit({ tasks: [task], now: this.#stage.now });
    const isKnown = this.#model.tasks.some(
      ({ task: known }) => key !== undefined && known.key === key,
    );
    if (sessionId !== undefined && !isKnown && this.#model.endedSessions.has(sessionId)) {
      await expect(submitted).rejects.toMatchObject({ code: "illegal_transition" });
      return;
    }
    const expected = this.#model.submit(task);
    const [answer] = await submitted;
    expect(answer?.task.id).toBe(expected.task.id);
    expect(answer?.created).toBe(expected.task.id === task.id);
  }

  async #addWorker({ session }: Kind<"work">): Promise<void> {
    const sessionId = await this.#session(session);
    if (sessionId !== undefined && this.#model.endedSessions.has(sessionId)) return;
    const id = await this.#stage.worker(sessionId === undefined ? {} : { sessionId });
    this.#model.addWorker(id, sessionId);
  }

  async #claim({ worker, limit, ahead }: Kind<"claim">): Promise<void> {
    const workerId = this.#worker(worker);
    if (workerId === undefined) return;
    const { tasks } = await this.#stage.claim(workerId, { limit, ahead });
    expect(tasks.map(claimedFacts)).toEqual(
      this.#model.claim(workerId, { limit, ahead }).map(claimedModelFacts),
    );
  }

  async #begin({ task: number }: Kind<"begin">): Promise<void> {
    const task = this.#task(number);
    if (task?.workerId === undefined) return;
    const { workerId, attempt } = task;
    const { now } = this.#stage;
    const begun = [{ taskId: task.task.id, attempt, startedAt: now }];
    await this.#stage.store.settle({
      ...{ workerId, settlements: [], begun, limit: 0, now, jitter: 1 },
    });
    this.#model.begin(task);
  }

  async #settle(next: Kind<"settle">): Promise<void> {
    const { task: number, stale, outcome, jitter, limit, ahead, begins } = next;
    const tried = this.#model.tasks.filter(({ attempts }) => attempts.length > stale);
    const task = tried[number % Math.max(1, tried.length)];
    const attempt = (task?.attempts.length ?? 0) - stale;
    const workerId = task?.attempts[attempt - 1]?.workerId;
    if (task === undefined || workerId === undefined) return;
    const { standings, claim } = await this.#stage.store.settle({
      workerId,
      settlements: [
        {
          ...{ taskId: task.task.id, attempt, outcome },
          ...(begins && { startedAt: this.#stage.now }),
        },
      ],
      limit,
      ahead,
      now: this.#stage.now,
      jitter,
    });
    const accepted = this.#model.settle({ task, attempt, workerId, outcome, jitter });
    const expected = this.#model.claim(workerId, { limit, ahead });
    expect(standings).toEqual([accepted ? "accepted" : "superseded"]);
    expect(claim.tasks.map(claimedFacts)).toEqual(expected.map(claimedModelFacts));
  }

  async #endWorker({ worker, outcome }: Kind<"endWorker">): Promise<void> {
    const workerId = this.#worker(worker);
    if (workerId === undefined) return;
    const tasks =
      outcome.kind === "failed"
        ? ({ kind: "failed", failure: outcome.failure } as const)
        : ({ kind: "released" } as const);
    const { ended } = await this.#stage.endWorker(workerId, { tasks, jitter: 0.5 });
    expect(ended).toBe(!this.#model.worker(workerId).ended);
    this.#model.endWorker(workerId, tasks, 0.5);
  }

  async #cancel({ task: number }: Kind<"cancel">): Promise<void> {
    const task = this.#task(number);
    if (task === undefined) return;
    const { now } = this.#stage;
    const cancelling = this.#stage.store.cancel({ taskId: task.task.id, reason: "no", now });
    await this.#expectLegal(cancelling, this.#model.cancel(task));
  }

  async #retry({ task: number }: Kind<"retry">): Promise<void> {
    const task = this.#task(number);
    if (task === undefined) return;
    const retrying = this.#stage.store.retry({ taskId: task.task.id, now: this.#stage.now });
    await this.#expectLegal(retrying, this.#model.retry(task));
  }

  async #renew({ worker }: Kind<"renew">): Promise<void> {
    const workerId = this.#worker(worker);
    if (workerId === undefined) return;
    const { now } = this.#stage;
    const renewal = await this.#stage.store.renew({ workerId, now, leaseMs: 1_000 });
    const { ended, draining } = this.#model.worker(workerId);
    expect(renewal.standing).toBe(ended ? "gone" : draining ? "draining" : "live");
    expect(renewal.held.map(({ taskId, attempt }) => [taskId, attempt])).toEqual(
      this.#model.heldBy(workerId).map(({ task, attempt }) => [task.id, attempt]),
    );
  }

  async #pause({ paused }: Kind<"pause">): Promise<void> {
    const scope = { queue: "default" };
    await this.#stage.store.setPause({ scope, paused, now: this.#stage.now });
    this.#model.isPaused = paused;
  }

  async #endSession({ session }: Kind<"endSession">): Promise<void> {
    const sessionId = await this.#session(session);
    if (sessionId === undefined) return;
    const { now } = this.#stage;
    await this.#stage.store.endSession({ sessionId, reason: "done", now });
    this.#model.endSession(sessionId);
  }

  async #expectLegal(call: Promise<unknown>, isLegal: boolean): Promise<void> {
    if (isLegal) await call;
    else await expect(call).rejects.toMatchObject({ code: "illegal_transition" });
  }

  async #compare(): Promise<void> {
    const { items } = await this.#stage.store.listTasks({ limit: 1_000 });
    expect(items.toReversed().map(taskFacts)).toEqual(this.#model.tasks.map(modelFacts));
    for (const { task, state, hasBegun, attempts } of this.#model.tasks) {
      const kept = await this.#stage.store.attemptsOf(task.id);
      const isOnlyTaken = state === "running" && !hasBegun;
      expect(kept.map(({ outcome, workerId }) => ({ outcome, workerId }))).toEqual(
        isOnlyTaken ? attempts.slice(0, -1) : attempts,
      );
    }
    const workers = await this.#stage.store.listWorkers({});
    expect(
      workers.map(({ id, state, tasksCompleted, tasksFailed, taskIds }) => {
        return [id, state, tasksCompleted, tasksFailed, taskIds];
      }),
    ).toEqual(
      this.#model.workers.map(({ id, completed, failed, ended, draining }) => {
        const held = this.#model.heldBy(id).map(({ task }) => task.id);
        const live = draining ? "draining" : held.length > 0 ? "busy" : "idle";
        return [id, ended ? "failed" : live, completed, failed, held];
      }),
    );
  }

  #task(number: number): ModelTask | undefined {
    return this.#model.tasks[number % Math.max(1, this.#model.tasks.length)];
  }

  #worker(number: number): string | undefined {
    return this.#model.workers[number % Math.max(1, this.#model.workers.length)]?.id;
  }

  /** Opens it when it is first met. */
  async #session(number: number | undefined): Promise<string | undefined> {
    if (number === undefined) return undefined;
    this.#sessions[number] ??= (await this.#stage.openSession()).id;
    return this.#sessions[number];
  }
}

function claimedFacts({ id, startedAt }: Task) {
  return [id, startedAt !== undefined];
}

function claimedModelFacts({ task, hasBegun }: ModelTask) {
  return [task.id, hasBegun];
}

function taskFacts(task: {
  id: string;
  state: string;
  attempt: number;
  attemptLimit: number;
  workerId?: string;
}) {
  const { id, state, attempt, attemptLimit, workerId } = task;
  return { id, state, attempt, attemptLimit, workerId };
}

function modelFacts({ task, state, attempt, attemptLimit, workerId }: ModelTask) {
  return { id: task.id, state, attempt, attemptLimit, workerId };
}
