import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { copyBaseImage, openCheckoutStage } from "../support/docker/checkout-stage.ts";
import { dockerForTests } from "../support/docker/engine.ts";
import { hasDockerd, OwnEngine } from "../support/docker/own-engine.ts";
import { until } from "../support/until.ts";

const engine = await dockerForTests();

describe.skipIf(engine === undefined || !hasDockerd())(
  "when the Docker daemon is restarted",
  () => {
    it.each(["stop", "kill"] as const)(
      "a task that ran in a container runs again in another, and nothing is left: %s",
      async (way) => {
        const own = await OwnEngine.start();
        if (engine === undefined) return;
        const { site, supervisor } = await openCheckoutStage({
          own,
          image: await copyBaseImage(own, engine),
          supervisor: { timing: { stopGraceMs: 300 } },
        });
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
