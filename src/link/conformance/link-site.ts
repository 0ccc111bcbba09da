import { createHash } from "node:crypto";
import { expect, onTestFinished } from "vitest";
import { newId, newWorkerId } from "../../domain/ids.ts";
import { defaultRetry, type NewTask, type Task } from "../../domain/task.ts";
import type { NewWorker, Worker } from "../../domain/worker.ts";
import type { Settlement, TaskStore } from "../../store/task-store.ts";
import type { WorkerLink } from "../worker-link.ts";

/** Data of its own for one test, and links to it. */
export interface LinkSite {
  /** The same data, for those on the other side. */
  readonly store: TaskStore;
  openLink(params: { readonly workerId: string; readonly patienceMs: number }): Promise<WorkerLink>;
  /** Nothing can be reached or changed through links until the returned function is called. */
  goAway(): Promise<() => Promise<void>>;
  /** Lets go of the data; links are closed before. */
  close(): Promise<void>;
}

export type OpenLinkSite = () => Promise<LinkSite>;

export const launchToken = "open sesame";
export const leaseMs = 15_000;
export const ownProcess = { pid: 4_711, startedAt: "100", host: "here" };

/** A site, and short words for common steps. */
export class LinkStage {
  readonly site: LinkSite;
  readonly store: TaskStore;
  #workers = 0;

  private constructor(site: LinkSite) {
    this.site = site;
    this.store = site.store;
  }

  static async open(open: OpenLinkSite): Promise<LinkStage> {
    const site = await open();
    onTestFinished(() => site.close());
    return new LinkStage(site);
  }

  async registered(fields: Partial<NewWorker> = {}): Promise<string> {
    const worker: NewWorker = {
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
    await this.store.registerWorker({ worker, now: Date.now() });
    return worker.id;
  }

  async link(workerId: string, patienceMs = 20_000): Promise<WorkerLink> {
    const link = await this.site.openLink({ workerId, patienceMs });
    onTestFinished(() => link.close().catch(() => {}));
    return link;
  }

  /** An idle worker, and its link. */
  async worker(fields: Partial<NewWorker> = {}): Promise<{ id: string; link: WorkerLink }> {
    const id = await this.registered(fields);
    const link = await this.link(id);
    await link.activate(activationOf(id));
    return { id, link };
  }

  async submit(fields: Partial<NewTask> = {}): Promise<string> {
    const now = Date.now();
    const task: NewTask = {
      id: newId(now),
      type: "echo",
      queue: "default",
      payload: { say: "hello" },
      priority: 0,
      retry: { ...defaultRetry, backoffMs: 1 },
      after: [],
      onDependencyFailure: "skip",
      ...fields,
    };
    await this.store.submit({ tasks: [task], now });
    return task.id;
  }

  async task(id: string): Promise<Task> {
    const task = await this.store.findTask(id);
    if (task === undefined) throw new Error(`no task ${id}`);
    return task;
  }

  async workerRow(id: string): Promise<Worker> {
    const worker = await this.store.findWorker(id);
    if (worker === undefined) throw new Error(`no worker ${id}`);
    return worker;
  }

  async linesOf(taskId: string): Promise<string[]> {
    const { lines } = await this.store.logsOf({ taskId, after: 0, limit: 5_000 });
    return lines.map(({ line }) => line);
  }
}

export function activationOf(workerId: string) {
  return { workerId, launchToken, process: ownProcess, now: Date.now(), leaseMs };
}

export function claimOf(workerId: string, limit = 1) {
  return { workerId, limit, now: Date.now() };
}

export function settleOf(workerId: string, settlements: readonly Settlement[], limit = 0) {
  return { workerId, settlements, limit, now: Date.now(), jitter: 0.5 };
}

export function completed({ id: taskId, attempt }: Task, result: unknown = "done"): Settlement {
  return { taskId, attempt, outcome: { kind: "completed", result: result as string } };
}

export function theOnly<T>(items: readonly T[]): T {
  expect(items).toHaveLength(1);
  const [item] = items;
  if (item === undefined) throw new Error("there is none");
  return item;
}
