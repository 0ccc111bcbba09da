import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import type Docker from "dockerode";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { defaultContainer } from "../../src/domain/container-settings.ts";
import type { StartOrder, WorkerRef } from "../../src/executor/executor.ts";
import { heard, programAt } from "../support/direct-workers.ts";
import { baseImage } from "../support/docker/base-image.ts";
import { containerOrder, executorOf, startContainer } from "../support/docker/containers.ts";
import { dockerForTests, pause } from "../support/docker/engine.ts";
import { until } from "../support/until.ts";

const engine = await dockerForTests();

const mib = 1024 ** 2;

describe.skipIf(engine === undefined)("a worker in a container", () => {
  const docker = engine as Docker;
  const stage = { docker, image: "" };

  beforeAll(async () => {
    stage.image = await baseImage(docker);
  }, 120_000);

  const containerOf = ({ container }: WorkerRef) => docker.getContainer(String(container));

  describe("at its start", () => {
    it("is shut in: no privileges, a root that cannot be written, limits, and its caller's user", async () => {
      const { worker, order } = await startContainer(stage, "waits-for-a-signal.ts", {
        memoryLimit: 256 * mib,
        container: {
          ...{ network: "none", pull: "never", link: "database" },
          ...{ pidsLimit: 99, cpus: 1.5 },
        },
      });
      await heard(order, "ready");

      const { Config, HostConfig, Mounts } = await containerOf(worker.ref).inspect();

      expect(HostConfig).toMatchObject({
        ...{ Init: true, ReadonlyRootfs: true, Privileged: false, NetworkMode: "none" },
        ...{ CapDrop: ["ALL"], SecurityOpt: ["no-new-privileges"] },
        ...{ Memory: 256 * mib, MemorySwap: 256 * mib, NanoCpus: 1.5e9, PidsLimit: 99 },
      });
      expect(Config.User).toBe(`${process.getuid?.()}:${process.getgid?.()}`);
      const programs = Mounts.find(({ Destination }) => Destination === programAt("").slice(0, -1));
      expect(programs).toMatchObject({ RW: false });
      const checkpoints = order.launch.checkpointFolder;
      expect(Mounts.find(({ Destination }) => Destination === checkpoints)?.RW).toBe(true);
    });

    it("reads its launch document, token included, from its standard input alone", async () => {
      const { worker, order } = await startContainer(stage, "waits-for-a-signal.ts");

      const { launch } = await heard(order, "ready");

      expect(launch).toMatchObject(order.launch);
      const shown = JSON.stringify(await containerOf(worker.ref).inspect());
      expect(shown).not.toContain(order.launch.launchToken);
      expect(shown).toContain(order.launch.workerId);
    });

    it("is not given our environment, but what the order has", async () => {
      process.env.CLX_TEST_SECRET = "ours";
      onTestFinished(() => void delete process.env.CLX_TEST_SECRET);

      const { order } = await startContainer(stage, "waits-for-a-signal.ts", {
        env: { COLOUR: "blue" },
      });
      const { env } = await heard(order, "ready");

      expect(env).toMatchObject({ COLOUR: "blue", CLX_WORKER_ID: order.launch.workerId });
      expect(env).not.toHaveProperty("CLX_TEST_SECRET");
    });

    it("has the container's id as its host's name", async () => {
      const { worker, order } = await startContainer(stage, "waits-for-a-signal.ts");

      const { env } = await heard(order, "ready");

      expect(String(worker.ref.container)).toMatch(/^[0-9a-f]{64}$/);
      expect(String(worker.ref.container)).toContain((env as Record<string, string>).HOSTNAME);
    });

    it("appends to its log in the order in which it wrote", async () => {
      const { worker, order } = await startContainer(stage, "waits-for-a-signal.ts");
      await heard(order, "ready");

      await worker.stop({ graceMs: 20_000 });

      const lines = readFileSync(order.logPath, "utf8").trimEnd().split("\n");
      expect(lines.map((line) => (JSON.parse(line) as { word: string }).word)).toEqual([
        "ready",
        "sigterm",
      ]);
      expect(statSync(order.logPath).mode & 0o777).toBe(0o600);
    });
  });

  it("has a network of its own, made when it is not there, without a way out", async () => {
    const network = `clx-test-${randomUUID().slice(0, 8)}`;
    onTestFinished(() => docker.getNetwork(network).remove());
    const settings = { ...defaultContainer, network, pull: "never" } as const;

    const orders = [1, 2, 3, 4].map(() => containerOrder(stage, { container: settings }));
    const started = await Promise.all(
      orders.map((order) => startContainer(stage, "waits-for-a-signal.ts", order)),
    );
    const made = await docker.listNetworks({ filters: { name: [network] } });
    const [first] = started;
    const { NetworkSettings } = await containerOf(first?.worker.ref as WorkerRef).inspect();
    for (const { worker } of started) await worker.stop({ graceMs: 20_000 });

    expect(made).toMatchObject([{ Name: network, Internal: true }]);
    expect(Object.keys(NetworkSettings.Networks)).toEqual([network]);
    expect(defaultContainer.network).toBe("clx_app-network");
  });

  describe("that ends", () => {
    it("for want of memory is told apart from one that crashed", async () => {
      const { worker } = await startContainer(stage, "fills-memory.ts", { memoryLimit: 96 * mib });

      const exit = await worker.exit;

      expect(exit).toEqual({ kind: "killed", signal: "SIGKILL", outOfMemory: true });
    });

    it.each(["kill", "remove"] as const)("from outside (docker %s) says so", async (how) => {
      const { worker, order } = await startContainer(stage, "waits-for-a-signal.ts");
      await heard(order, "ready");
      const container = containerOf(worker.ref);

      await (how === "kill" ? container.kill() : container.remove({ force: true }));

      await expect(worker.exit).resolves.toEqual({
        kind: "killed",
        signal: "SIGKILL",
        note: expect.stringContaining("ended from outside"),
      });
    });

    it("while it is paused is woken first, so that it can leave politely", async () => {
      const { worker, order } = await startContainer(stage, "waits-for-a-signal.ts");
      await heard(order, "ready");
      await pause(containerOf(worker.ref));

      const exit = await worker.stop({ graceMs: 20_000 });

      expect(exit).toEqual({ kind: "exited", code: 0 });
    });

    it("leaves no container behind, whoever it belongs to", async () => {
      const session = leavingOrder();
      const persistent = containerOrder(stage);
      for (const order of [session, persistent]) {
        const { worker } = await startContainer(stage, "exits-with-3.ts", order);
        await worker.exit;

        await expect(containerOf(worker.ref).inspect()).rejects.toMatchObject({ statusCode: 404 });
      }
    });
  });

  describe("whose supervisor is killed", () => {
    it("leaves by itself, and the engine removes it", async () => {
      const order = leavingOrder();
      const { supervisor, ref } = await startByAnother("waits-for-a-signal.ts", order);

      supervisor.kill("SIGKILL");

      await until(() => isGone(ref), { what: "the container to be gone" });
    });

    it("goes on when it is persistent, and tells the next one how it ended", async () => {
      const order = containerOrder(stage);
      const { supervisor, ref } = await startByAnother("waits-for-a-signal.ts", order);
      await heard(order, "ready");
      supervisor.kill("SIGKILL");
      await once(supervisor, "exit");
      const executor = executorOf("waits-for-a-signal.ts");

      const found = await executor.reattach(ref);
      const exit = await found?.stop({ graceMs: 20_000 });

      expect(exit).toEqual({ kind: "exited", code: 0 });
      await heard(order, "parent_gone");
      await heard(order, "sigterm");
      await executor.close();
    });

    it("is removed by the next one when it cannot leave, running or ended", async () => {
      const order = leavingOrder();
      const { supervisor, ref } = await startByAnother("waits-for-a-signal.ts", order);
      await pause(containerOf(ref));
      supervisor.kill("SIGKILL");
      await once(supervisor, "exit");
      const executor = executorOf("waits-for-a-signal.ts");

      await executor.cleanupLeftovers(); // or whoever else starts a container just now

      await expect(isGone(ref)).resolves.toBe(true);
    });
  });

  function leavingOrder(): StartOrder {
    const order = containerOrder(stage);
    return { ...order, launch: { ...order.launch, leaveWithParent: true } };
  }

  async function isGone(ref: WorkerRef): Promise<boolean> {
    return await containerOf(ref)
      .inspect()
      .then(() => false)
      .catch((error: { statusCode?: number }) => error.statusCode === 404);
  }
});

async function startByAnother(program: string, order: StartOrder) {
  const args = [
    programAt("supervisors/starts-a-container.ts"),
    programAt(`workers/${program}`),
    JSON.stringify(order),
  ];
  const supervisor = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void supervisor.kill("SIGKILL"));
  const [line] = await once(createInterface(supervisor.stdout), "line");
  return { supervisor, ref: JSON.parse(String(line)) as WorkerRef };
}
