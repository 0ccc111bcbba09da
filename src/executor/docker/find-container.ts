import type Docker from "dockerode";
import { containerLabels } from "../../domain/container-settings.ts";
import { ClxError } from "../../domain/errors.ts";
import type { WorkerRef } from "../executor.ts";
import { type Engine, inTime, unlessGone } from "./engine.ts";

/** A container that is there, running or not. */
export type Found = Docker.ContainerInspectInfo;

/**
 * The container of a reference, or of the worker's id where nobody lived to note the reference.
 *
 * @throws ClxError `docker_unavailable` when it is another engine's: we cannot say anything about it
 */
export async function findContainer(
  { docker, id: engineId }: Engine,
  ref: WorkerRef,
): Promise<Found | undefined> {
  const { engine, container, workerId } = ref;
  if (typeof engine === "string" && engine !== engineId) throw otherEngine(workerId);
  const id = typeof container === "string" ? container : await idByLabel(docker, workerId);
  if (id === undefined) return undefined;
  const found = await unlessGone(inTime(docker.getContainer(id).inspect()));
  return found?.Config.Labels?.[containerLabels.worker] === workerId ? found : undefined;
}

async function idByLabel(docker: Docker, workerId: string): Promise<string | undefined> {
  const label = [`${containerLabels.worker}=${workerId}`];
  const [first] = await inTime(docker.listContainers({ all: true, filters: { label } }));
  return first?.Id;
}

function otherEngine(workerId: string): ClxError {
  return new ClxError(
    "docker_unavailable",
    `the container of worker ${workerId} is of another Docker engine than the one that answers; set DOCKER_HOST to the one that it was started with`,
  );
}
