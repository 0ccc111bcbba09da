import { createHash } from "node:crypto";
import { cpSync, globSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type Docker from "dockerode";
import { beforeAll, describe, expect, it } from "vitest";
import { type Caller, callerBeside, giveTo } from "../support/docker/caller.ts";
import { ContainerSite } from "../support/docker/container-site.ts";
import { dockerForTests } from "../support/docker/engine.ts";
import { type OurImages, ourImages } from "../support/docker/our-images.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

const engine = await dockerForTests();
const showcase = fileURLToPath(new URL("../../examples/course/", import.meta.url));

const drawing = {
  "course.yaml": `name: { en: Drawings }
languages: [en]
prog-lang: python
sections: [{ name: { en: One }, topics: [shapes] }]
targets: [{ name: all, path: output, kinds: [completed], formats: [notebook] }]
`,
  "slides/module_100_one/topic_100_shapes/slides_shapes.py":
    '# {{ header("Formen", "Shapes") }}\n\n# %%\nprint(1)\n',
  "slides/module_100_one/topic_100_shapes/pu/arrow.puml": "@startuml\nA -> B\n@enduml\n",
};

describe.skipIf(engine === undefined)("a course built in containers", () => {
  const docker = engine as Docker;
  let images: OurImages = {};

  beforeAll(async () => {
    images = await ourImages(docker, "drawio", "notebook", "plantuml");
  }, 240_000);

  it("gives the files that workers on the machine give, byte by byte, owned by its caller", {
    timeout: 180_000,
  }, async () => {
    const caller = callerBeside(docker);
    const [site, direct] = [showcaseOf(caller), showcaseOf(caller)];

    const built = await Promise.all([
      site.run(["build", "course.yaml", "--workers=docker"], caller),
      direct.run(["build", "course.yaml", "--workers=direct"], caller),
    ]);

    expect(built.map(({ code }) => code)).toEqual([0, 0]);
    expect(built[0].stderr).not.toMatch(/failed|warning/);
    const [files, others] = [site, direct].map((one) =>
      one.tree("output").map((path) => `${digest(one, path)}  ${path}`),
    );
    expect(files?.length).toBeGreaterThan(200);
    expect(files).toEqual(others);
    const modes = new Set((await site.workers()).map(({ mode }) => mode));
    expect([...modes]).toEqual(["docker"]);
    const strangers = globSync("**/*", { cwd: site.folder })
      .map((path) => lstatSync(join(site.folder, path)))
      .filter(({ uid, gid }) => uid !== caller.uid || gid !== caller.gid);
    expect(strangers).toEqual([]);
    expect(await site.containers()).toEqual([]);
  });

  function showcaseOf(caller: Caller): ContainerSite {
    const site = new ContainerSite({ docker, images });
    cpSync(showcase, site.folder, {
      recursive: true,
      filter: (path) => !/[/\\](output|\.clx)$/.test(path),
    });
    giveTo(site.folder, caller);
    return site;
  }

  it("may have workers of one type in containers and others on the machine", {
    timeout: 60_000,
  }, async () => {
    const site = new ContainerSite({
      ...{ docker, images, files: drawing },
      types: { plantuml: 'execution_mode = "docker"' },
    });

    const summary = await site.summary();

    expect(summary).toMatchObject({ status: "built", failed: [], built: 2 });
    const modes = (await site.workers()).map(({ type, mode }) => `${type} ${mode}`);
    expect(modes.toSorted()).toEqual(["notebook direct", "plantuml docker"]);
  });

  it("is built by services in containers that see its files, and not by those that do not", {
    timeout: 120_000,
  }, async () => {
    const site = new ContainerSite({
      ...{ docker, images, files: drawing },
      workers: 'docker_network = "none"\ndefault_execution_mode = "docker"',
    });
    await site.ok("start-services", "--types", "plantuml", "--wait");

    const staying = await site.build("--workers=direct", "--no-auto-stop");
    const blind = await site.build("--workers=direct");
    await site.ok("stop-services");
    expect(await site.containers()).toEqual([]);
    expect(staying).toMatchObject({ code: 5 });
    expect(staying.stderr).toContain("do not see these files and would take these tasks");
    expect(blind).toMatchObject({ code: 0 });
    expect(blind.stderr).toContain("not using the workers in containers that do not see");

    // What it sees is known once it has a container: the build waits for that.
    const [service] =
      (await site
        .run(["start-services", "--types", "plantuml", "--json"], {
          env: { CLX_WORKERS__DOCKER_WORKSPACE: "output" },
        })
        .then(({ stdout }) => (JSON.parse(stdout) as { workers: { id: string }[] }).workers)) ?? [];
    const seeing = await site.build("--workers=direct", "--rebuild");
    await site.ok("stop-services");

    expect(seeing).toMatchObject({ code: 0 });
    expect(seeing.stderr).toMatch(
      new RegExp(`using 1 plantuml worker that (runs|is being started) already: ${service?.id}\n`),
    );
    expect(await site.containers()).toEqual([]);
  });
});

function digest(site: ContainerSite, path: string): string {
  const bytes = readFileSync(join(site.folder, "output", path));
  return createHash("sha256").update(bytes).digest("hex");
}
