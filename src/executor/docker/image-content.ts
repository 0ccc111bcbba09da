import type Docker from "dockerode";
import { imageLabels, imageLayout } from "../../domain/container.ts";
import { containerLabels } from "../../domain/container-settings.ts";
import { imageUnfit } from "../../domain/docker-trouble.ts";
import { ownIdentity } from "../../machine/process-identity.ts";
import { removeContainer } from "./docker-worker.ts";
import { inTime, unlessGone } from "./engine.ts";
import { madeInTime } from "./made-in-time.ts";

/**
 * Looks whether a worker can run in an image that is on this machine.
 *
 * @throws ClxError `image_unfit`
 */
export async function requireClx(docker: Docker, image: string): Promise<void> {
  if (!(await hasClx(docker, image))) throw imageUnfit(image);
}

/** Ours say so, and those made from ours; into any other it is looked. */
export async function hasClx(docker: Docker, image: string): Promise<boolean> {
  const { Config } = await inTime(docker.getImage(image).inspect());
  if (Config.Labels?.[imageLabels.type] !== undefined) return true;
  return await hasFile(docker, image, imageLayout.workerEntry);
}

/** An engine shows the files of containers alone: one is made for it, and never started. */
async function hasFile(docker: Docker, image: string, path: string): Promise<boolean> {
  const making = docker.createContainer({
    ...{ Image: image, Entrypoint: ["node"], NetworkDisabled: true },
    Labels: {
      [containerLabels.supervisor]: JSON.stringify(ownIdentity()),
      [containerLabels.persistent]: "false",
    },
  });
  const what = `made a container to look into the image ${image}`;
  const container = await madeInTime(making, { what, undo: removeContainer });
  try {
    return (await unlessGone(inTime(container.infoArchive({ path })))) !== undefined;
  } finally {
    await removeContainer(container).catch(() => {}); // cleanup finds it by its labels
  }
}
