import { newId } from "../domain/ids.ts";
import { DockerExecutor } from "../executor/docker/docker-executor.ts";
import type { EngineParams } from "./library-engine.ts";
import { OwnWorkerExecutor } from "./own-worker-executor.ts";
import { workerApiFor } from "./worker-api-for.ts";

/** Runs each worker in a container of its own; it leaves when this process ends. */
export class DockerWorkerExecutor extends OwnWorkerExecutor {
  override readonly executionMode = "docker";

  constructor(params: EngineParams) {
    const workerApi = workerApiFor(params.dbPath, { run: newId(Date.now()) });
    super({ ...params, executor: new DockerExecutor(), workerApi });
  }
}
