import type Docker from "dockerode";
import { imageLayout } from "../../../src/domain/container.ts";
import type { SupervisorOptions } from "../../../src/supervisor/options.ts";
import type { PoolSpec } from "../../../src/supervisor/pool.ts";
import type { Supervisor } from "../../../src/supervisor/supervisor.ts";
import { baseImage } from "./base-image.ts";
import { DockerStage } from "./docker-stage.ts";
import type { OwnEngine } from "./own-engine.ts";

const root = new URL("../../../", import.meta.url).pathname.slice(0, -1);

const inCheckout = (path: string) => path.replace(imageLayout.packageFolder, root);

export interface CheckoutStageParams {
  /** Of which the image is. */
  readonly own: OwnEngine;
  /** See `copyBaseImage`. */
  readonly image: string;
  readonly pool?: Pick<PoolSpec, "container">;
  readonly supervisor?: Partial<SupervisorOptions>;
}

/** All that containers need of an engine of a test's own. */
export async function copyBaseImage(own: OwnEngine, from: Docker): Promise<string> {
  const image = await baseImage(from);
  await own.copyImage(from, image);
  return image;
}

/**
 * A stage whose supervisor runs, with a worker for programs that is ready. This checkout stands for
 * the package in the image: a base image is smaller to copy.
 */
export async function openCheckoutStage(
  params: CheckoutStageParams,
): Promise<{ readonly site: DockerStage; readonly supervisor: Supervisor }> {
  const { own, image } = params;
  const site = await DockerStage.open({ docker: own.docker, image, link: "api" });
  const pool = site.pool({
    handler: `file://${inCheckout(imageLayout.workersFolder)}/command/command-worker.js`,
    folders: [
      { path: root, access: "read" },
      { path: site.outputs, access: "write" },
    ],
    ...params.pool,
  });
  const entry = inCheckout(imageLayout.workerEntry);
  return { site, supervisor: await site.supervise([pool], params.supervisor, entry) };
}
