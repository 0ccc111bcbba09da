import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type Docker from "dockerode";
import { beforeAll, describe, expect, it } from "vitest";
import { defaultTiming } from "../../src/domain/launch.ts";
import { DockerStage } from "../support/docker/docker-stage.ts";
import { dockerForTests, pause } from "../support/docker/engine.ts";
import { workerImage } from "../support/docker/worker-image.ts";
import { supervisorProcess } from "../support/supervisor-processes.ts";
import { until } from "../support/until.ts";

const engine = await dockerForTests();

const mib = 1024 ** 2;

const params = { docker: engine as Docker, image: "" };

beforeAll(async () => {
  if (engine !== undefined) params.image = await workerImage(engine);
}, 240_000);

describe.skipIf(engine === undefined).each([{ link: "api" }, { link: "database" }] as const)(
  "tasks of workers in containers, by $link",
  ({ link }) => {
    const open = () => DockerStage.open({ ...params, link });

    it("run there, and what they write is their caller's", async () => {
      const site = await open();
      await site.supervise();

      const id = await site.submit("echo $HOSTNAME > where; id -u > who");
      await site.stage.untilTask(id, ({ state }) => state === "completed");

      const { id: container } = await site.container();
      const where = join(site.outputs, "where");
      expect(container).toContain(readFileSync(where, "utf8").trim());
      expect(statSync(where).uid).toBe(process.getuid?.());
      const [worker] = await site.stage.live();
      expect(worker?.executorRef).toMatchObject({ container });
    });

    it("run again when somebody kills the container, and the evidence says so", async () => {
      const site = await open();
      await site.supervise();
      const id = await site.submit("echo x >> runs; [ $(wc -l < runs) -gt 1 ] || sleep 600");
      await until(() => existsSync(join(site.outputs, "runs")));

      await (await site.container()).kill();
      const task = await site.stage.untilTask(id, ({ state }) => state === "completed");

      expect(task.attempt).toBe(2);
      const [ended] = await site.stage.eventsOf("worker_failed");
      expect(JSON.stringify(ended)).toContain("ended from outside");
    });

    it("that need more memory than their container has end for want of memory", async () => {
      const site = await open();
      await site.supervise([site.pool({ memoryLimit: 192 * mib })]);

      const id = await site.submit("x=$(head -c 400000000 /dev/zero | tr '\\0' a); true");
      const task = await site.stage.untilTask(id, ({ state }) => state === "failed");

      expect(task.failure).toMatchObject({ kind: "out_of_memory" });
    });

    it("run again elsewhere when their container is paused for too long", async () => {
      const site = await open();
      await site.supervise([site.pool()], {
        timing: { heartbeatMs: 200, leaseMs: 1_000 },
        silence: { leaseMs: 1_000, stalledAfterMs: 2_500 },
        sweepMs: 200,
      });
      const id = await site.submit("echo x >> runs; [ $(wc -l < runs) -gt 1 ] || sleep 600");
      await until(() => existsSync(join(site.outputs, "runs")));
      const container = await site.container();

      await pause(container);
      await site.stage.untilEvent("worker_hung");
      const task = await site.stage.untilTask(id, ({ state }) => state === "completed");

      expect(task.attempt).toBe(2);
      await expect(container.inspect()).rejects.toMatchObject({ statusCode: 404 });
    });

    it("go on in the same container under the next supervisor when theirs is killed", async () => {
      const site = await open();
      const pools = [site.pool({ persistent: true })];
      const { path, folder } = site.stage;
      const timing = { ...defaultTiming, heartbeatMs: 200 };
      const first = await supervisorProcess({ path, folder, pools, timing });
      const id = await site.submit("until [ -e go ]; do sleep 0.05; done");
      await site.stage.untilTask(id, ({ state }) => state === "running");
      const { id: before } = await site.container();

      first.kill("SIGKILL");
      await once(first, "exit");
      await site.supervise(pools);
      writeFileSync(join(site.outputs, "go"), "");
      const task = await site.stage.untilTask(id, ({ state }) => state === "completed");

      expect((await site.container()).id).toBe(before);
      expect(task.attempt).toBe(1);
      expect(await site.stage.eventsOf("worker_adopted")).toHaveLength(1);
    });

    it("of a session whose process is killed are over with it, container and all", async () => {
      const site = await open();
      const { path, folder } = site.stage;
      const timing = { ...defaultTiming, heartbeatMs: 200 };
      const first = await supervisorProcess({ path, folder, pools: [site.pool()], timing });
      const id = await site.submit("echo x >> runs; [ $(wc -l < runs) -gt 1 ] || sleep 600");
      await until(() => existsSync(join(site.outputs, "runs")));
      const container = await site.container();

      first.kill("SIGKILL");
      await until(() => isGone(container), { what: "the container to be gone" });
      await site.supervise();
      const task = await site.stage.untilTask(id, ({ state }) => state === "completed");

      expect(task.attempt).toBe(2);
    });

    it("of a session whose process is killed are over with it, though their handler blocks", async () => {
      const site = await open();
      const { path, folder } = site.stage;
      const blocking = join(site.outputs, "blocking.mjs");
      const sign = join(site.outputs, "blocks");
      writeFileSync(blocking, blockingHandler(sign));
      const pool = site.pool({ handler: pathToFileURL(blocking).href });
      const timing = { ...defaultTiming, heartbeatMs: 200, abortGraceMs: 500 };
      const first = await supervisorProcess({ path, folder, pools: [pool], timing });
      await site.submit("is not run");
      await until(() => existsSync(sign));
      const container = await site.container();

      first.kill("SIGKILL");

      await until(() => isGone(container), { what: "the container to be gone" });
    });
  },
);

/** Nothing else runs in its main thread any more. */
function blockingHandler(sign: string): string {
  return `
import { writeFileSync } from "node:fs";
export default {
  type: "command",
  async handle() {
    writeFileSync(${JSON.stringify(sign)}, "");
    for (;;);
  },
};`;
}

async function isGone(container: Docker.Container): Promise<boolean> {
  return await container
    .inspect()
    .then(() => false)
    .catch((error: { statusCode?: number }) => error.statusCode === 404);
}
