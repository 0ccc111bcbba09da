import { createHash } from "node:crypto";
import { onTestFinished } from "vitest";
import type { Failure, FailureKind } from "../../domain/failure.ts";
import { newId, newWorkerId } from "../../domain/ids.ts";
import type { NewSession, Session } from "../../domain/session.ts";
import type { Outcome } from "../../domain/settlement.ts";
import { defaultRetry, type NewTask, type Task } from "../../domain/task.ts";
import type { NewWorker, ProcessIdentity } from "../../domain/worker.ts";
import type { Claim, ClaimParams, EndWorkerParams, Settlement, TaskStore } from "../task-store.ts";

/** Data of its own for one test, and ways to reach it. */
export interface StoreSite {
  readonly store: TaskStore;
  /** Another connection to the same data. */
  openAnother(): Promise<TaskStore>;
  /** Lets go of the data and of all connections. */
  close(): Promise<void>;
}

export type OpenSite = () => Promise<StoreSite>;
export type Begin = () => Promise<Stage>;

export const launchToken = "open sesame";
export const leaseMs = 15_000;

/** A store, a clock that stands still until a test moves it, and short words for common steps. */
export class Stage {
  readonly site: StoreSite;
  readonly store: TaskStore;
  now = 1_700_000_000_000;
  #workers = 0;

  constructor(site: StoreSite) {
    this.site = site;
    this.store = site.store;
  }

  newTask(fields: Partial<NewTask> = {}): NewTask {
    return {
      id: newId(this.now),
      type: "echo",
      queue: "default",
      payload: { say: "hello" },
      priority: 0,
      retry: defaultRetry,
      after: [],
      onDependencyFailure: "skip",
      ...fields,
    };
  }

  async submit(fields: Partial<NewTask> = {}): Promise<Task> {
    const [submitted] = await this.store.submit({ tasks: [this.newTask(fields)], now: this.now });
    return defined(submitted).task;
  }

  async task(id: string): Promise<Task> {
    return defined(await this.store.findTask(id));
  }

  newWorker(fields: Partial<NewWorker> = {}): NewWorker {
    return {
      id: newWorkerId("direct", "echo", this.#workers++),
      type: "echo",
      queue: "default",
      mode: "direct",
      concurrency: 1,
      persistent: false,
      expectedMemory: 0,
      launchTokenHash: createHash("sha256").update(launchToken).digest("hex"),
      ...fields,
    };
  }

  /** Registers a worker; returns its id. */
  async createdWorker(fields: Partial<NewWorker> = {}): Promise<string> {
    const worker = this.newWorker(fields);
    await this.store.registerWorker({ worker, now: this.now });
    return worker.id;
  }

  /** Registers and activates a worker; returns its id. */
  async worker(fields: Partial<NewWorker> = {}, process = someProcess()): Promise<string> {
    const workerId = await this.createdWorker(fields);
    await this.store.activateWorker({ workerId, launchToken, process, now: this.now, leaseMs });
    return workerId;
  }

  claim(workerId: string, fields: Partial<ClaimParams> = {}): Promise<Claim> {
    return this.store.claim({ workerId, limit: 1, now: this.now, ...fields });
  }

  /** What a worker claims, which must be something. */
  async claimTask(workerId: string, fields: Partial<ClaimParams> = {}): Promise<Task> {
    return defined((await this.claim(workerId, fields)).tasks[0]);
  }

  /** A task in the hands of a new worker. */
  async runningTask(fields: Partial<NewTask> = {}): Promise<Task> {
    const { id, type, queue } = await this.submit(fields);
    const task = await this.claimTask(await this.worker({ type, queue }));
    if (task.id !== id) throw new Error("the worker took another task");
    return task;
  }

  /** Ends the latest attempt of a task as its worker would, and claims nothing. */
  async settle(task: Task, outcome: Outcome, fields: Partial<Settlement> = {}) {
    const { standings } = await this.store.settle({
      workerId: defined(task.workerId),
      settlements: [{ taskId: task.id, attempt: task.attempt, outcome, ...fields }],
      limit: 0,
      now: this.now,
      jitter: 1,
    });
    return defined(standings[0]);
  }

  complete(task: Task): Promise<string> {
    return this.settle(task, { kind: "completed" });
  }

  fail(task: Task, kind: FailureKind = "user_error"): Promise<string> {
    return this.settle(task, failed(kind));
  }

  endWorker(workerId: string, fields: Partial<EndWorkerParams> = {}) {
    return this.store.endWorker({
      workerId,
      event: "fail",
      ending: { reason: "it was killed", signal: "SIGKILL" },
      tasks: { kind: "failed", failure: failure("worker_died") },
      now: this.now,
      jitter: 1,
      ...fields,
    });
  }

  async openSession(fields: Partial<NewSession> = {}): Promise<Session> {
    const session = { id: newId(this.now), kind: "build", process: someProcess(), ...fields };
    return await this.store.openSession({ session, now: this.now });
  }

  /** The types of the events so far, of one task if asked. */
  async eventTypes(taskId?: string): Promise<string[]> {
    const of = taskId === undefined ? {} : { taskId };
    const events = await this.store.listEvents({ after: 0, limit: 10_000, ...of });
    return events.map(({ type }) => type);
  }
}

/** Begins each test with a stage of its own, and cleans up after it. */
export function beginWith(open: OpenSite): Begin {
  return async () => {
    const site = await open();
    onTestFinished(() => site.close());
    return new Stage(site);
  };
}

export function defined<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("there is none");
  return value;
}

export function someProcess(fields: Partial<ProcessIdentity> = {}): ProcessIdentity {
  return { pid: 4711, startedAt: "12345", host: "here/boot/namespace", ...fields };
}

export function failure(kind: FailureKind): Failure {
  return { kind, message: `it ended with ${kind}` };
}

export function failed(kind: FailureKind): Outcome {
  return { kind: "failed", failure: failure(kind) };
}

export function numbered<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
