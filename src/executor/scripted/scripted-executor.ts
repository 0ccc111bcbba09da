import { ClxError } from "../../domain/errors.ts";
import type { ExecutionMode, WorkerUsage } from "../../domain/worker.ts";
import type {
  ExecutorAbilities,
  RunningWorker,
  StartOrder,
  StopParams,
  WorkerExecutor,
  WorkerExit,
  WorkerRef,
} from "../executor.ts";
import { ScriptedMachine, type ScriptedProcess } from "./scripted-machine.ts";
import type { WorkerScript } from "./worker-script.ts";

export interface ScriptedExecutorParams {
  /** For all workers, or one for each start; `nth` counts from 0. */
  readonly script?: WorkerScript | ((order: StartOrder, nth: number) => WorkerScript);
  /** Give two executors the same one to play a restart. */
  readonly machine?: ScriptedMachine;
  readonly mode?: ExecutionMode;
}

const killed: WorkerExit = { kind: "killed", signal: "SIGKILL" };

/** Keeps the executor's contract without processes: its workers do what a script says. */
export class ScriptedExecutor implements WorkerExecutor {
  readonly mode: ExecutionMode;
  readonly abilities: ExecutorAbilities = {
    survivesParent: true,
    limitsMemory: false,
    kills: true,
  };
  /** All that was asked to be started, failures included, in order. */
  readonly orders: StartOrder[] = [];
  /** All that was asked to be stopped. */
  readonly stops: (StopParams & { readonly workerId: string })[] = [];
  readonly #scriptFor: (order: StartOrder, nth: number) => WorkerScript;
  readonly #machine: ScriptedMachine;

  constructor(params: ScriptedExecutorParams = {}) {
    const { script = {} } = params;
    this.mode = params.mode ?? "scripted";
    this.#machine = params.machine ?? new ScriptedMachine();
    this.#scriptFor = typeof script === "function" ? script : () => script;
  }

  /** Ids of the workers that run now. */
  get running(): string[] {
    return this.#machine.running().map(({ ref }) => ref.workerId);
  }

  /** Ends a worker now, as if by itself. */
  crash(workerId: string, exit: WorkerExit = killed): void {
    const worker = this.#machine.find(workerId);
    if (worker === undefined) throw new Error(`no scripted worker is called ${workerId}`);
    worker.end(exit);
  }

  async start(order: StartOrder): Promise<RunningWorker> {
    const script = this.#scriptFor(order, this.orders.length);
    this.orders.push(order);
    const { workerId } = order.launch;
    if (script.startFails !== undefined) {
      throw new ClxError(
        "worker_start_failed",
        `worker ${workerId} was not started: ${script.startFails}`,
      );
    }
    return this.#present(this.#machine.launch(order, script));
  }

  async reattach(ref: WorkerRef): Promise<RunningWorker | undefined> {
    const worker = this.#findRunning(ref);
    return worker === undefined ? undefined : this.#present(worker);
  }

  async isRunning(ref: WorkerRef): Promise<boolean> {
    return this.#findRunning(ref) !== undefined;
  }

  async stats(ref: WorkerRef): Promise<WorkerUsage | undefined> {
    const worker = this.#findRunning(ref);
    if (worker === undefined) return undefined;
    return worker.script.usage ?? { memory: 50_000_000, cpuPercent: 0, processes: 1 };
  }

  async cleanup(ref: WorkerRef): Promise<number> {
    const worker = this.#machine.find(ref.workerId);
    if (worker === undefined) return 0;
    const ended = worker.strays + (worker.isRunning ? 1 : 0);
    worker.strays = 0;
    worker.end(killed);
    return ended;
  }

  async close(): Promise<void> {}

  #findRunning({ workerId }: WorkerRef): ScriptedProcess | undefined {
    const worker = this.#machine.find(workerId);
    return worker?.isRunning === true ? worker : undefined;
  }

  #present(worker: ScriptedProcess): RunningWorker {
    const { ref, exit } = worker;
    return {
      ref,
      exit,
      stop: (params) => {
        this.stops.push({ ...params, workerId: ref.workerId });
        return stop(worker, params);
      },
    };
  }
}

async function stop(worker: ScriptedProcess, { graceMs }: StopParams): Promise<WorkerExit> {
  worker.askToLeave();
  const overdue = setTimeout(() => worker.end(killed), graceMs);
  try {
    return await worker.exit;
  } finally {
    clearTimeout(overdue);
    worker.strays = 0;
  }
}
