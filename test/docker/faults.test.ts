import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { beforeAll, describe, expect, it } from "vitest";
import { ContainerSite } from "../support/docker/container-site.ts";
import { dockerForTests, pause } from "../support/docker/engine.ts";
import { type OurImages, ourImages } from "../support/docker/our-images.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

const engine = await dockerForTests();

/** Its page is there once somebody has made the file `go`. */
function gatedCourse(): Readonly<Record<string, string>> {
  return {
    "course.yaml": `name: { en: Waiting }
prog-lang: python
languages: [en]
sections: [{ name: { en: One }, topics: [patience] }]
targets: [{ name: all, path: output, kinds: [completed], formats: [html] }]
`,
    "slides/module_100_one/topic_100_patience/slides_patience.py":
      '# {{ header("Geduld", "Patience") }}\n\n# %%\nimport os, time\n\nwhile not os.path.exists("GATE"):\n    time.sleep(0.05)\nprint("the gate was open")\n',
  };
}

describe.skipIf(engine === undefined)("a build in containers", { timeout: 90_000 }, () => {
  const docker = engine as Docker;
  let images: OurImages = {};

  beforeAll(async () => {
    images = await ourImages(docker, "notebook");
  }, 240_000);

  /** A build whose only notebook is being executed. */
  async function begin() {
    const site = new ContainerSite({
      ...{ docker, images },
      workers: 'docker_network = "none"\nheartbeat_interval = 0.5',
    });
    for (const [path, text] of Object.entries(gatedCourse())) {
      site.write(path, text.replace("GATE", join(site.folder, "go")));
    }
    const build = site.start(["build", "course.yaml", "--workers=docker"]);
    await site.untilRunning("notebook");
    return { site, build, container: docker.getContainer((await site.containers())[0]?.Id ?? "") };
  }

  function open(site: ContainerSite): void {
    writeFileSync(join(site.folder, "go"), "");
  }

  function page(site: ContainerSite): string {
    const [path = ""] = site.tree("output").filter((one) => one.endsWith(".html"));
    return site.read(join("output", path));
  }

  it("leaves no container after Ctrl-C", async () => {
    const { site, build } = await begin();

    build.kill("SIGINT");
    const { code } = await build.end;

    expect(code).toBe(130);
    expect(await site.containers()).toEqual([]);
  });

  it("leaves no container when it is killed, and the next one builds what is left", async () => {
    const { site, build } = await begin();

    build.kill("SIGKILL");
    await site.untilNoContainers();
    open(site);
    const { code } = await site.build("--workers=docker");

    expect(code).toBe(0);
    expect(page(site)).toContain("the gate was open");
  });

  it("ends right when its container is killed", async () => {
    const { site, build, container } = await begin();

    await container.kill();
    open(site);
    const { code, stderr } = await build.end;

    expect(stderr).not.toContain("failed:");
    expect(code).toBe(0);
    expect(page(site)).toContain("the gate was open");
    const ended = (await site.workers()).map(({ state }) => state);
    expect(ended.toSorted()).toEqual(["dead", "failed"]);
  });

  it("ends right when its container was paused, and nothing is done twice", async () => {
    const { site, build, container } = await begin();
    const store = await site.openStore();

    await pause(container);
    const hung = async () => (await store.listWorkers({ states: ["hung"] })).length > 0;
    await until(hung, { what: "the paused worker to be noticed" });
    open(site);
    await container.unpause();
    const { code } = await build.end;

    expect(code).toBe(0);
    expect(page(site)).toContain("the gate was open");
    expect(await site.workers()).toHaveLength(1);
  });
});
