import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import type { TaskStore, Topic } from "../task-store.ts";
import { type Begin, defined, failure } from "./stage.ts";

const work: Topic = { kind: "work", type: "echo" };

export function describeWatching(begin: Begin): void {
  it("rings when a task of the type becomes due, in this connection and in another", async () => {
    const stage = await begin();
    const other = await stage.site.openAnother();
    const bells = [stage.store, other].map((store) => new Bell(store, [work]));

    await stage.submit();

    for (const bell of bells) await bell.rung();
  });

  it("rings again and again", async () => {
    const stage = await begin();
    const bell = new Bell(await stage.site.openAnother(), [work]);

    for (let round = 0; round < 5; round++) {
      const ring = bell.rung();
      await stage.submit();
      await ring;
    }
  });

  it("rings for a task that is due later, for a waiter has to know when", async () => {
    const stage = await begin();
    const bell = new Bell(await stage.site.openAnother(), [work]);

    await stage.submit({ runAt: stage.now + 1_000 });

    await bell.rung();
  });

  it("rings when a task is given back, unblocked or retried", async () => {
    const stage = await begin();
    const released = await stage.runningTask();
    const last = await stage.runningTask();
    await stage.submit({ after: [last.id] });
    const bell = new Bell(await stage.site.openAnother(), [work]);

    await bell.rungBy(() => stage.settle(released, { kind: "released" }));
    await bell.rungBy(() => stage.complete(last));
    const again = await stage.claimTask(await stage.worker());
    await bell.rungBy(() => stage.fail(again, "worker_died"));
    const third = await stage.claimTask(await stage.worker());
    await bell.rungBy(() => stage.endWorker(defined(third.workerId)));
    await stage.store.cancel({ taskId: third.id, reason: "x", now: stage.now });
    await bell.rungBy(() => stage.store.retry({ taskId: third.id, now: stage.now }));
  });

  it("tells a worker of cancellations, of draining and of its end", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const workerId = defined(task.workerId);
    const bell = new Bell(await stage.site.openAnother(), [{ kind: "worker", workerId }]);

    const { now } = stage;
    await bell.rungBy(() => stage.store.cancel({ taskId: task.id, reason: "stop", now }));
    await bell.rungBy(() => stage.store.changeWorker({ workerId, event: "drain", now }));
    await bell.rungBy(() => stage.endWorker(workerId));
  });

  it("tells the workers of a session that ends", async () => {
    const stage = await begin();
    const { id: sessionId } = await stage.openSession();
    const workerId = await stage.worker({ sessionId });
    const bell = new Bell(await stage.site.openAnother(), [{ kind: "worker", workerId }]);

    const params = { sessionId, reason: "done", now: stage.now };
    await bell.rungBy(() => stage.store.endSession(params));
  });

  it("rings for changes of any kind", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const { workerId = "", attempt } = task;
    const bell = new Bell(await stage.site.openAnother(), [{ kind: "changes" }]);
    const report = { workerId, taskId: task.id, attempt, now: stage.now };

    await bell.rungBy(() => stage.store.report({ ...report, progress: { at: 1 } }));
    await bell.rungBy(() => stage.complete(task));
    await bell.rungBy(() => stage.createdWorker());
    await bell.rungBy(() => stage.openSession());
    const events = [{ type: "pool_started", at: 1 }] as const;
    await bell.rungBy(() => stage.store.appendEvents({ events }));
    await bell.rungBy(() => stage.store.deleteTask({ taskId: task.id, now: stage.now }));
  });

  it("does not ring for heartbeats, for empty claims, or for what does not concern it", async () => {
    const stage = await begin();
    const other = await stage.site.openAnother();
    const workerId = await stage.worker();
    const changes = new Bell(other, [{ kind: "changes" }]);
    await stage.store.renew({ workerId, now: stage.now, leaseMs: 1 });
    await stage.claim(workerId);
    const mine = new Bell(other, [
      { kind: "work", type: "other" },
      { kind: "worker", workerId },
    ]);
    const witness = new Bell(other, [{ kind: "work", type: "witness" }]);

    await changes.quiet();
    expect(changes.rings).toBe(0);
    await stage.submit();
    await witness.rungBy(() => stage.submit({ type: "witness" }));

    expect(mine.rings).toBe(0);
  });

  it("rings only after the commit: whoever looks then sees it", async () => {
    const stage = await begin();
    const other = await stage.site.openAnother();
    const seen = new Promise<string | undefined>((resolve) => {
      const watch = other.watch([work], () => {
        void other.listTasks({ limit: 1 }).then(({ items }) => resolve(items[0]?.id));
      });
      onTestFinished(() => watch.close());
    });

    const task = await stage.submit();

    expect(await seen).toBe(task.id);
  });

  it("is quiet once it has been closed", async () => {
    const stage = await begin();
    const other = await stage.site.openAnother();
    const closed = new Bell(other, [work]);
    const open = new Bell(other, [work]);
    closed.close();

    await open.rungBy(() => stage.submit());

    expect(closed.rings).toBe(0);
  });

  it("watches several topics at once, with any characters in their names", async () => {
    const stage = await begin();
    const type = "Größe/../x y\u0000*";
    const workerId = await stage.worker({ id: "../../w?", type });
    const other = await stage.site.openAnother();
    const bell = new Bell(other, [
      { kind: "work", type },
      { kind: "worker", workerId },
    ]);

    await bell.rungBy(() => stage.submit({ type }));
    await bell.rungBy(() =>
      stage.endWorker(workerId, { tasks: { kind: "failed", failure: failure("aborted") } }),
    );
  });
}

/** Counts rings, and waits for the next. */
class Bell {
  rings = 0;
  readonly #watch;
  #waiting: (() => void)[] = [];

  constructor(store: TaskStore, topics: readonly Topic[]) {
    this.#watch = store.watch(topics, () => {
      this.rings++;
      for (const tell of this.#waiting.splice(0)) tell();
    });
    onTestFinished(() => this.close());
  }

  /** Resolves at the next ring, which may have come since it was last asked. */
  async rung(): Promise<void> {
    if (this.rings > 0) this.rings = 0;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.rings = 0;
  }

  async rungBy(step: () => Promise<unknown>): Promise<void> {
    await this.quiet();
    this.rings = 0;
    const ring = new Promise<void>((resolve) => this.#waiting.push(resolve));
    await step();
    await ring;
    this.rings = 0;
  }

  close(): void {
    this.#watch.close();
  }

  /** Rings of earlier steps may still be on their way. */
  async quiet(): Promise<void> {
    for (let before = -1; before !== this.rings; await sleep(5)) before = this.rings;
  }
}
