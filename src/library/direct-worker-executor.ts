import { DirectExecutor } from "../executor/direct/direct-executor.ts";
import type { EngineParams } from "./library-engine.ts";
import { OwnWorkerExecutor } from "./own-worker-executor.ts";

/** Runs each worker as a child process; it leaves when this process ends. */
export class DirectWorkerExecutor extends OwnWorkerExecutor {
  override readonly executionMode = "direct";

  constructor(params: EngineParams) {
    super({ ...params, executor: new DirectExecutor() });
  }
}
