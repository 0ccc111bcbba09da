import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type Docker from "dockerode";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ClxSite } from "../support/clx.ts";
import { dockerForTests } from "../support/docker/engine.ts";
import { hasImage } from "../support/docker/make-once.ts";
import { imageBase, type OurImages, ourImages } from "../support/docker/our-images.ts";
import { Registry } from "../support/docker/push-registry.ts";
import { runInContainer } from "../support/docker/run-in-container.ts";
import { buildImage } from "../support/docker/worker-image.ts";

const engine = await dockerForTests();

interface Printed {
  readonly images: readonly {
    readonly name: string;
    readonly type: string;
    readonly size: number;
    readonly here?: boolean;
    readonly used_by?: readonly string[];
  }[];
}

describe.skipIf(engine === undefined)("images of workers", { timeout: 120_000 }, () => {
  const docker = engine as Docker;

  /** A name that nobody else has; its images go with the test. */
  function newRegistry(prefix = ""): string {
    const registry = `${prefix}clx-test-${randomUUID().slice(0, 8)}`;
    onTestFinished(async () => {
      const reference = [`${registry}/*`];
      const left = await docker.listImages({ filters: { reference } });
      for (const { RepoTags } of left) {
        for (const tag of RepoTags ?? []) await docker.getImage(tag).remove({ force: true });
      }
    });
    return registry;
  }

  describe("that clx builds", () => {
    const types = ["agent", "command", "drawio", "notebook", "plantuml"] as const;
    let images: OurImages = {};

    beforeAll(async () => {
      images = await ourImages(docker, ...types);
    }, 240_000);

    it.each(types)(
      "can do %s tasks as anybody, without a network or a file to write",
      async (type) => {
        const program = `
        const { default: worker } = await import("/opt/clx/dist/workers/${type}/${type}-worker.js");
        await worker.open?.({ workerId: "w", settings: {} });
        await worker.close?.();
        console.log(worker.type, process.getuid());`;

        const said = await runInContainer(docker, {
          ...{ image: images[type] ?? "", user: "4321:4321" },
          argv: ["node", "--input-type=module", "-e", program],
        });

        expect(said.trim().split("\n").at(-1)).toBe(`${type} 4321`);
      },
    );

    it("say what they are, and leave the administrator's rights behind", async () => {
      const { Config } = await docker.getImage(images.notebook ?? "").inspect();

      expect(Config.Labels).toMatchObject({
        "clx.image.type": "notebook",
        "org.opencontainers.image.version": "0.0.0-test",
      });
      expect(Config.User).toBe("1000:1000");
    });

    it("have what their type needs and no more", async () => {
      const said = await runInContainer(docker, {
        ...{ image: images.command ?? "", user: "4321:4321" },
        argv: ["node", "-p", 'require("fs").readdirSync("/opt/clx/node_modules").join()'],
      });

      expect(said.trim()).toBe("smol-toml,yaml,zod");
    });
  });

  it("are built by clx docker build without a network, and listed with who uses them", async () => {
    const site = new ClxSite();
    const registry = newRegistry();
    const [command, gone] = [`${registry}/command:new`, `${registry}/notebook:never`];
    site.writeConfig(
      `[workers.command]\nimage = "${command}"\n[workers.notebook]\nimage = "${gone}"\n`,
    );
    const how = ["--base", await imageBase(docker), "--network", "none", "--registry", registry];

    const built = await site.json<Printed>("docker", "build", "command", ...how, "--tag", "new");
    const listed = await site.json<Printed>("docker", "list");

    expect(built.images).toMatchObject([{ name: command, type: "command" }]);
    expect(await hasImage(docker, command)).toBe(true);
    const ours = listed.images.filter(({ name }) => name.startsWith(registry));
    expect(ours).toMatchObject([
      { name: command, here: true, used_by: ["command"] },
      { name: gone, here: false, used_by: ["notebook"] },
    ]);
  });

  it("are pushed to a registry, and pulled from it where they are configured", async () => {
    const site = new ClxSite();
    const { address } = await Registry.open();
    const registry = newRegistry(`${address}/`);
    const name = `${registry}/command:1`;
    site.writeConfig(`[workers.command]\nimage = "${name}"\n`);
    await tinyImage(docker, name);

    const pushed = await site.json<Printed>(
      ...["docker", "push", "command", "--registry", registry, "--tag", "1"],
    );
    await docker.getImage(name).remove();
    const pulled = await site.run(["docker", "pull", "--json"]);

    expect(pushed.images).toEqual([{ name, type: "command" }]);
    expect(JSON.parse(pulled.stdout)).toMatchObject({ images: [{ name, type: "command" }] });
    expect(await hasImage(docker, name)).toBe(true);
  });

  it("are refused by a registry with what to do about it", async () => {
    const site = new ClxSite();
    const { address } = await Registry.open({ refuses: true });
    const registry = newRegistry(`${address}/`);
    await tinyImage(docker, `${registry}/command:1`);

    const refused = await site.run([
      "docker",
      "push",
      "command",
      "--registry",
      registry,
      "--tag",
      "1",
    ]);

    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(/could not be pushed: .*docker login/s);
  });

  it.each([
    [["build", "comand"], 2, /no image for "comand"; did you mean command\?/],
    [["build", "command", "--tag", "no tag"], 2, /--tag is "no tag"/],
    [["build", "command", "--registry", "Big/Name"], 2, /--registry is "Big\/Name"/],
    [["build", "command", "--base", "127.0.0.1:1/none:1"], 3, /is the base image .* in reach\?/],
    [["push"], 2, /say where to: --registry/],
    [["push", "command", "--registry", "127.0.0.1:1/none"], 3, /there is no image .* to push/],
    [["pull"], 2, /no image is configured/],
    [["pull", "command"], 2, /set workers.command.image/],
    [["pull", "command", "--registry", "127.0.0.1:1/x"], 3, /cannot be pulled/],
  ])("docker %j ends with %i and says why", async (args, code, why) => {
    const outcome = await new ClxSite().run(["docker", ...args]);

    expect(outcome.stderr).toMatch(why);
    expect(outcome.code).toBe(code);
  });
});

describe("without an engine", () => {
  it("says that none answers", async () => {
    const env = { DOCKER_HOST: "unix:///nowhere/docker.sock" };

    const { code, stderr } = await new ClxSite().run(["docker", "list"], { env });

    expect(code).toBe(3);
    expect(stderr).toContain("there is no /nowhere/docker.sock");
  });

  it.skipIf(process.getuid?.() !== 0)("says that this user may not speak with it", async () => {
    const site = new ClxSite();
    const folder = join(site.folder, "engine");
    mkdirSync(folder);
    chmodSync(site.folder, 0o755);
    const socket = join(folder, "docker.sock");
    const server = createServer().listen(socket);
    onTestFinished(() => void server.close());
    chmodSync(socket, 0o600);
    writeFileSync(join(site.folder, "note"), "");

    const outcome = await site.run(["docker", "list"], {
      ...{ uid: 4321, gid: 4321, env: { DOCKER_HOST: `unix://${socket}` } },
    });

    expect(outcome.code).toBe(3);
    expect(outcome.stderr).toContain("usermod -aG docker");
  });
});

/** With the label of a worker's image, and nothing in it. */
async function tinyImage(docker: Docker, tag: string): Promise<void> {
  const lines = ["FROM scratch", "LABEL clx.image.type=command", "COPY package.json /"];
  await buildImage(docker, { tag, paths: ["package.json"], lines });
}
