import type Docker from "dockerode";
import { describe, expect, it, onTestFinished } from "vitest";
import { defaultContainer } from "../../src/domain/container-settings.ts";
import { DockerExecutor } from "../../src/executor/docker/docker-executor.ts";
import { ensureImage, hasImage } from "../../src/executor/docker/image.ts";
import { isHopelessStart } from "../../src/supervisor/bury-worker.ts";
import { dockerForTests } from "../support/docker/engine.ts";
import { registryOf } from "../support/docker/registry.ts";
import { orderFor } from "../support/start-order.ts";
import { until } from "../support/until.ts";

const engine = await dockerForTests();

describe.skipIf(engine === undefined)("an image that is not on this machine", () => {
  const docker = engine as Docker;

  it("is pulled from its registry, once, and that is said", async () => {
    const { name: image } = await registryOf("clx/tiny:1");
    onTestFinished(() => docker.getImage(image).remove());
    const said: string[] = [];
    const wish = {
      docker,
      image,
      pull: "missing",
      say: (line: string) => said.push(line),
    } as const;

    await ensureImage(wish);
    const isThere = await hasImage(docker, image);
    await ensureImage(wish);

    expect(isThere).toBe(true);
    const withoutProgress = said.filter((line) => !line.includes(" % of "));
    expect(withoutProgress).toEqual([`pulling ${image}`, `pulled ${image}`]);
  });

  it("is not pulled when that is switched off", async () => {
    const { name: image } = await registryOf("clx/tiny:1");
    const said: string[] = [];

    const ensured = ensureImage({ docker, image, pull: "never", say: (line) => said.push(line) });

    await expect(ensured).rejects.toMatchObject({ code: "image_missing" });
    expect(await hasImage(docker, image)).toBe(false);
    expect(said).toEqual([]);
  });

  it("is not waited for when the start is given up, nor when the executor is closed", async () => {
    const { name: image } = await registryOf("clx/tiny:1", { answersBlobs: false });
    const said: string[] = [];
    const executor = new DockerExecutor({ say: (line) => said.push(line) });
    const giveUp = new AbortController();
    const container = { ...defaultContainer, network: "none" };

    const order = { ...orderFor("w1"), image, container, signal: giveUp.signal };
    const started = executor.start(order);
    await until(() => said.length > 0);
    giveUp.abort();

    await expect(started).rejects.toMatchObject({
      code: "worker_start_failed",
      cause: { code: "interrupted" },
    });
    await executor.close();
    expect(await hasImage(docker, image)).toBe(false);
  });

  it("is not tried again when there is no clx in what was pulled", async () => {
    const { name: image } = await registryOf("clx/tiny:1");
    onTestFinished(() => docker.getImage(image).remove());
    const executor = new DockerExecutor();
    onTestFinished(() => executor.close());
    const container = { ...defaultContainer, network: "none" };

    const started = executor.start({ ...orderFor("w1"), image, container });

    const error: unknown = await started.catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "worker_start_failed",
      message: expect.stringContaining(`there is no clx in the image ${image}`),
    });
    expect(isHopelessStart(error as Error)).toBe(true);
  });

  it("that its registry does not have is an error that says what to do", async () => {
    const { name } = await registryOf("clx/tiny:1");
    const image = name.replace("/clx/tiny:", "/clx/other:");

    const ensured = ensureImage({ docker, image, pull: "missing", say: () => {} });

    await expect(ensured).rejects.toMatchObject({
      code: "image_missing",
      message: expect.stringMatching(/cannot be pulled: .*clx docker build/s),
    });
  });
});
