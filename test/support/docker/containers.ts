import { randomUUID } from "node:crypto";
import type Docker from "dockerode";
import { onTestFinished } from "vitest";
import { imageLayout } from "../../../src/domain/container.ts";
import { defaultContainer } from "../../../src/domain/container-settings.ts";
import { DockerExecutor } from "../../../src/executor/docker/docker-executor.ts";
import type { RunningWorker, StartOrder } from "../../../src/executor/executor.ts";
import { newFolder, programAt } from "../direct-workers.ts";
import { orderFor } from "../start-order.ts";
import { forbidContainersOf } from "./engine.ts";

/** The folder of the programs that play workers; containers see it under its own path. */
const programs = programAt("");

export interface ContainerStage {
  readonly docker: Docker;
  readonly image: string;
}

/** An order for a container that runs a program of `test/programs/workers/`. */
export function containerOrder(
  { docker, image }: ContainerStage,
  changes: Partial<StartOrder> = {},
): StartOrder {
  const folder = newFolder();
  forbidContainersOf(docker, folder);
  const order = orderFor(`docker-test-${randomUUID().slice(0, 8)}`, folder);
  return {
    ...order,
    image,
    folders: [{ path: programs, access: "read" }],
    container: { ...defaultContainer, network: "none", pull: "never" },
    ...changes,
  };
}

export function executorOf(program: string): DockerExecutor {
  return new DockerExecutor({ entry: programAt(`workers/${program}`) });
}

/** The entry of the image itself, and no program of the tests. */
export function executorOfImage(): DockerExecutor {
  return new DockerExecutor({ entry: imageLayout.workerEntry });
}

/** Starts a program of `test/programs/workers/` in a container, which is ended with the test. */
export async function startContainer(
  stage: ContainerStage,
  program: string,
  changes: Partial<StartOrder> = {},
): Promise<{ executor: DockerExecutor; order: StartOrder; worker: RunningWorker }> {
  const executor = executorOf(program);
  const order = containerOrder(stage, changes);
  const worker = await executor.start(order);
  onTestFinished(async () => {
    await executor.cleanup(worker.ref);
    await executor.close();
  });
  return { executor, order, worker };
}
