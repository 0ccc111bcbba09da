import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { onTestFinished } from "vitest";
import {
  type ContainerLink,
  containerLabels,
  defaultContainer,
} from "../../../src/domain/container-settings.ts";
import { DockerExecutor } from "../../../src/executor/docker/docker-executor.ts";
import { workerApiFor } from "../../../src/library/worker-api-for.ts";
import type { SupervisorOptions } from "../../../src/supervisor/options.ts";
import type { PoolSpec } from "../../../src/supervisor/pool.ts";
import type { Supervisor } from "../../../src/supervisor/supervisor.ts";
import { poolOf, SupervisorStage } from "../supervisor-stage.ts";
import { forbidContainersOf } from "./engine.ts";

const commandWorker = new URL("../../../src/workers/command/command-worker.ts", import.meta.url);

export interface DockerStageParams {
  readonly docker: Docker;
  /** See `workerImage`. */
  readonly image: string;
  /** How workers reach the store. */
  readonly link: ContainerLink;
}

/** A supervisor over a real store that keeps workers for programs in containers. */
export class DockerStage {
  readonly stage: SupervisorStage;
  readonly docker: Docker;
  /** Tasks may write into it. */
  readonly outputs: string;
  readonly #image: string;
  readonly #link: ContainerLink;

  private constructor(stage: SupervisorStage, { docker, image, link }: DockerStageParams) {
    this.stage = stage;
    this.docker = docker;
    this.outputs = join(stage.folder, "outputs");
    this.#image = image;
    this.#link = link;
    mkdirSync(this.outputs);
  }

  static async open(params: DockerStageParams): Promise<DockerStage> {
    const stage = await SupervisorStage.open();
    forbidContainersOf(params.docker, stage.folder);
    return new DockerStage(stage, params);
  }

  pool(over: Partial<PoolSpec> = {}): PoolSpec {
    return poolOf({
      ...{ mode: "docker", handler: commandWorker.href, image: this.#image },
      folders: [{ path: this.outputs, access: "write" }],
      container: { ...defaultContainer, network: "none", pull: "never", link: this.#link },
      ...over,
    });
  }

  executor(entry?: string): DockerExecutor {
    const executor = new DockerExecutor({
      client: async () => this.docker,
      ...(entry !== undefined && { entry }),
    });
    onTestFinished(() => executor.close());
    return executor;
  }

  /** Running, with a worker that is ready. */
  async supervise(
    pools: readonly PoolSpec[] = [this.pool()],
    over: Partial<SupervisorOptions> = {},
    entry?: string,
  ): Promise<Supervisor> {
    const workerApi = workerApiFor(this.stage.path, "services");
    return await this.stage.settled(this.executor(entry), pools, { workerApi, ...over });
  }

  /** A task that runs a program of bash. */
  async submit(script: string): Promise<string> {
    return await this.stage.submit({
      payload: { argv: ["bash", "-c", script], cwd: this.outputs },
    });
  }

  /** The container of the only worker that lives. */
  async container(): Promise<Docker.Container> {
    const label = [`${containerLabels.project}=${this.stage.folder}`];
    const [found] = await this.docker.listContainers({ filters: { label } });
    if (found === undefined) throw new Error("no container of this stage runs");
    return this.docker.getContainer(found.Id);
  }
}
