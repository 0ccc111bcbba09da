import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { imageLayout } from "../../src/domain/container.ts";
import { baseImage } from "../support/docker/base-image.ts";
import { DockerStage } from "../support/docker/docker-stage.ts";
import { dockerForTests } from "../support/docker/engine.ts";
import { hasDockerd, OwnEngine } from "../support/docker/own-engine.ts";
import { until } from "../support/until.ts";

const engine = await dockerForTests();

/** This checkout stands for the package in the image: a base image is smaller to copy. */
const root = new URL("../../", import.meta.url).pathname.slice(0, -1);

describe.skipIf(engine === undefined || !hasDockerd())(
  "when the Docker daemon is restarted",
  () => {
    it.each(["stop", "kill"] as const)(
      "a task that ran in a container runs again in another, and nothing is left: %s",
      async (way) => {
        const own = await OwnEngine.start();
        if (engine === undefined) return;
        const image = await baseImage(engine);
        await own.copyImage(engine, image);
        const site = await DockerStage.open({ docker: own.docker, image, link: "api" });
        const inside = (path: string) => path.replace(imageLayout.packageFolder, root);
        const pool = site.pool({
          handler: `file://${inside(imageLayout.workersFolder)}/command/command-worker.js`,
          folders: [
            { path: root, access: "read" },
            { path: site.outputs, access: "write" },
          ],
        });
        const supervisor = await site.supervise(
          [pool],
          { timing: { stopGraceMs: 300 } },
          inside(imageLayout.workerEntry),
        );
        const id = await site.submit("echo x >> runs; [ $(wc -l < runs) -gt 1 ] || sleep 600");
        await until(() => existsSync(join(site.outputs, "runs")));

        await own[way]();
        await own.start();
        const task = await until(
          async () => {
            const now = await site.stage.task(id);
            return now.state === "completed" ? now : undefined;
          },
          { withinMs: 60_000 },
        );
        await supervisor.stop();

        expect(task.attempt).toBe(2);
        // An engine lists what it has removed for a moment longer.
        const isEmpty = async () => (await own.docker.listContainers({ all: true })).length === 0;
        await until(isEmpty, { what: "the engine to list no container" });
      },
      120_000,
    );
  },
);
