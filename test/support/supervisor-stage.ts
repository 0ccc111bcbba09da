import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { EventType, LoggedEvent, NewEvent } from "../../src/domain/event.ts";
import { newId } from "../../src/domain/ids.ts";
import { defaultRetry, type NewTask, type Task } from "../../src/domain/task.ts";
import type { Worker } from "../../src/domain/worker.ts";
import { liveWorkerStates } from "../../src/domain/worker-state.ts";
import type { WorkerExecutor } from "../../src/executor/executor.ts";
import { ScriptedExecutor } from "../../src/executor/scripted/scripted-executor.ts";
import type { ScriptedMachine } from "../../src/executor/scripted/scripted-machine.ts";
import type { WorkerScript } from "../../src/executor/scripted/worker-script.ts";
import type { MachineFacts } from "../../src/machine/memory.ts";
import { ownIdentity } from "../../src/machine/process-identity.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import type { TaskStore } from "../../src/store/task-store.ts";
import type { SupervisorOptions } from "../../src/supervisor/options.ts";
import { defaultRestart, type PoolSpec } from "../../src/supervisor/pool.ts";
import { Supervisor } from "../../src/supervisor/supervisor.ts";
import { until } from "./until.ts";

const gib = 1024 ** 3;

/** Room for everything. */
export const roomyMachine: MachineFacts = {
  memoryTotal: 64 * gib,
  memoryAvailable: 60 * gib,
  physicalCores: 64,
  platform: "linux",
  pressure: "normal",
  oomKills: 0,
};

export function poolOf(over: Partial<PoolSpec> = {}): PoolSpec {
  return {
    name: "command",
    type: "command",
    queue: "default",
    mode: "scripted",
    count: 1,
    concurrency: 1,
    handler: "file:///no-such-handler.ts",
    persistent: false,
    expectedMemory: 1024,
    restart: { ...defaultRestart, delayMs: 5 },
    startupTimeoutMs: 20_000,
    configSource: "test",
    ...over,
  };
}

/** A supervisor over a real store, by default with workers that activate and then do nothing. */
export class SupervisorStage {
  readonly folder: string;
  readonly path: string;
  readonly store: TaskStore;
  /** What the supervisor says went wrong. */
  readonly errors: unknown[] = [];
  readonly said: NewEvent[] = [];

  private constructor(folder: string, store: TaskStore) {
    this.folder = folder;
    this.path = join(folder, "clx.db");
    this.store = store;
  }

  static async open(): Promise<SupervisorStage> {
    const folder = mkdtempSync(join(tmpdir(), "clx-supervisor-"));
    const path = join(folder, "clx.db");
    const store = await openSqliteStore({ path, synchronous: "off" });
    onTestFinished(async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    });
    return new SupervisorStage(folder, store);
  }

  /** Its workers activate their rows when they have started. */
  scripted(
    script: WorkerScript | ((nth: number) => WorkerScript) = {},
    machine?: ScriptedMachine,
  ): ScriptedExecutor {
    return new ScriptedExecutor({
      ...(machine && { machine }),
      script: (_order, nth) => ({
        process: ownIdentity(),
        onStart: ({ workerId, launchToken }) => {
          const process = ownIdentity();
          const lease = { now: Date.now(), leaseMs: 60_000 };
          this.store
            .activateWorker({ workerId, launchToken, process, ...lease })
            .catch((error: unknown) => this.errors.push(error));
        },
        ...(typeof script === "function" ? script(nth) : script),
      }),
    });
  }

  /** Made but not started; it is stopped with the test. */
  supervisor(
    executor: WorkerExecutor,
    pools: readonly PoolSpec[] = [poolOf()],
    over: Partial<SupervisorOptions> = {},
  ): Supervisor {
    const supervisor = new Supervisor({
      store: this.store,
      executors: new Map([[executor.mode, executor]]),
      pools,
      link: { kind: "store", path: this.path },
      logFolder: join(this.folder, "logs"),
      checkpointFolder: join(this.folder, "checkpoints"),
      readMachine: () => roomyMachine,
      onError: (error) => this.errors.push(error),
      onEvent: (event) => this.said.push(event),
      ...over,
    });
    onTestFinished(() => supervisor.stop({ graceMs: 2_000 }));
    return supervisor;
  }

  async settled(
    executor: WorkerExecutor,
    pools?: readonly PoolSpec[],
    over?: Partial<SupervisorOptions>,
  ): Promise<Supervisor> {
    const supervisor = this.supervisor(executor, pools, over);
    await supervisor.start();
    await supervisor.whenSettled();
    return supervisor;
  }

  async live(): Promise<readonly Worker[]> {
    return this.store.listWorkers({ states: [...liveWorkerStates] });
  }

  async worker(id: string): Promise<Worker> {
    const worker = await this.store.findWorker(id);
    if (worker === undefined) throw new Error(`no worker ${id}`);
    return worker;
  }

  untilWorker(id: string, holds: (worker: Worker) => boolean): Promise<Worker> {
    return until(async () => {
      const worker = await this.worker(id);
      return holds(worker) ? worker : undefined;
    });
  }

  /** Its row is removed. */
  async untilGone(id: string): Promise<void> {
    await until(async () => (await this.store.findWorker(id)) === undefined);
  }

  async submit(over: Partial<NewTask> = {}): Promise<string> {
    const now = Date.now();
    const id = newId(now);
    const task: NewTask = {
      id,
      type: "command",
      queue: "default",
      payload: null,
      priority: 0,
      retry: { ...defaultRetry, backoffMs: 1 },
      after: [],
      onDependencyFailure: "skip",
      ...over,
    };
    await this.store.submit({ tasks: [task], now });
    return id;
  }

  async task(id: string): Promise<Task> {
    const task = await this.store.findTask(id);
    if (task === undefined) throw new Error(`no task ${id}`);
    return task;
  }

  untilTask(id: string, holds: (task: Task) => boolean): Promise<Task> {
    return until(async () => {
      const task = await this.task(id);
      return holds(task) ? task : undefined;
    });
  }

  /** A scripted worker takes what is due. */
  async claim(workerId: string): Promise<readonly Task[]> {
    const claim = await this.store.claim({ workerId, limit: 1, now: Date.now() });
    return claim.tasks;
  }

  async eventsOf(...types: EventType[]): Promise<readonly LoggedEvent[]> {
    return this.store.listEvents({ after: 0, limit: 1_000, types });
  }

  untilEvent(type: EventType): Promise<LoggedEvent> {
    return until(async () => (await this.eventsOf(type))[0], { what: `an event ${type}` });
  }
}
