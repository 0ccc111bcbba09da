import type { StartOrder, WorkerExit, WorkerRef } from "../executor.ts";
import type { WorkerScript } from "./worker-script.ts";

/** Where scripted workers run: it outlives the executors that start them there. */
export class ScriptedMachine {
  readonly #workers = new Map<string, ScriptedProcess>();

  launch(order: StartOrder, script: WorkerScript): ScriptedProcess {
    const worker = new ScriptedProcess(order, script);
    this.#workers.set(order.launch.workerId, worker);
    script.onStart?.(order.launch);
    return worker;
  }

  find(workerId: string): ScriptedProcess | undefined {
    return this.#workers.get(workerId);
  }

  running(): ScriptedProcess[] {
    return [...this.#workers.values()].filter(({ isRunning }) => isRunning);
  }
}

export class ScriptedProcess {
  readonly order: StartOrder;
  readonly script: WorkerScript;
  readonly ref: WorkerRef;
  readonly exit: Promise<WorkerExit>;
  isRunning = true;
  strays: number;
  readonly #end: (exit: WorkerExit) => void;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(order: StartOrder, script: WorkerScript) {
    const { promise, resolve } = Promise.withResolvers<WorkerExit>();
    this.order = order;
    this.script = script;
    this.exit = promise;
    this.strays = script.strays ?? 0;
    this.ref = {
      workerId: order.launch.workerId,
      ...(script.process !== undefined && { process: { ...script.process } }),
    };
    this.#end = resolve;
    if (script.endsAfterMs !== undefined) {
      this.#timer = setTimeout(() => this.end(this.#ownExit()), script.endsAfterMs);
    }
  }

  askToLeave(): void {
    if (this.script.ignoresStop !== true) this.end(this.#ownExit());
  }

  end(exit: WorkerExit): void {
    clearTimeout(this.#timer);
    this.isRunning = false;
    this.#end(exit);
  }

  #ownExit(): WorkerExit {
    return this.script.exit ?? { kind: "exited", code: 0 };
  }
}
