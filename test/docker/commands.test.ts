import { randomUUID } from "node:crypto";
import { chownSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { containerLabels } from "../../src/domain/container-settings.ts";
import { ClxSite } from "../support/clx.ts";
import { dockerForTests, forbidContainersOf, pause } from "../support/docker/engine.ts";
import { imageBase } from "../support/docker/our-images.ts";
import { workerImage } from "../support/docker/worker-image.ts";
import { openBeside } from "../support/open-beside.ts";
import { until } from "../support/until.ts";

const engine = await dockerForTests();
let image = "";
/** With Node and nothing of ours. */
let bare = "";

beforeAll(async () => {
  if (engine === undefined) return;
  bare = await imageBase(engine);
  image = await workerImage(engine);
}, 240_000);

const noSuchImage = "127.0.0.1:9/clx/none:1";

describe.skipIf(engine === undefined)("clx with containers", () => {
  const docker = engine as Docker;

  function newSite(workers: string, command = `image = "${image}"`): ClxSite {
    const site = new ClxSite();
    forbidContainersOf(docker, join(site.folder, ".clx"));
    site.writeConfig(
      `[workers]\ndocker_network = "none"\n${workers}\n[workers.command]\n${command}\n`,
    );
    return site;
  }

  async function containersOf(site: ClxSite) {
    const label = [`${containerLabels.project}=${join(site.folder, ".clx")}`];
    return await docker.listContainers({ all: true, filters: { label } });
  }

  describe("in mode auto", () => {
    it("uses Docker where its daemon answers and the image is there, and says so", async () => {
      const site = newSite('default_execution_mode = "auto"');

      const { code, stdout, stderr } = await site.run(["exec", "--", "cat", "/etc/hostname"]);

      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(stderr).toContain(
        `command workers run in Docker (auto): its daemon answers, and ${image} is there\n`,
      );
      expect(stdout).toMatch(/^[0-9a-f]{12}\n$/);
      expect(await containersOf(site)).toEqual([]);
    });

    it.each([
      ["no image is set", "", {}, "no image is set for them (workers.command.image)"],
      [
        "the image is not there",
        `image = "${noSuchImage}"`,
        {},
        `the image ${noSuchImage} is not on this machine`,
      ],
      [
        "no daemon answers",
        'image = "x"',
        { DOCKER_HOST: "unix:///no/such.sock" },
        "the Docker daemon cannot be reached: there is no /no/such.sock",
      ],
    ])("runs workers direct where %s, and says so", async (_, command, env, why) => {
      const site = newSite('default_execution_mode = "auto"', command);

      const { code, stderr } = await site.run(["exec", "--", "true"], { env });

      expect(code).toBe(0);
      expect(stderr).toContain(`command workers run direct (auto): ${why}\n`);
    });
  });

  describe("where the image is missing", () => {
    const missing = ['default_execution_mode = "docker"', `image = "${noSuchImage}"`] as const;

    it("says so at once when it may not be pulled", async () => {
      const site = newSite(...missing);

      const { code, stderr } = await site.run(["exec", "--no-pull", "--", "true"]);

      expect(code).toBe(3);
      expect(stderr).toMatch(
        /^clx: the image \S+ is not on this machine, and shall not be pulled; .*image_missing\)\n$/,
      );
    });

    it("pulls it, and says why that failed", async () => {
      const site = newSite(...missing);

      const { code, stderr } = await site.run(["exec", "--", "true"]);

      expect(code).toBe(3);
      expect(stderr).toContain(`pulling ${noSuchImage}\n`);
      expect(stderr).toContain("cannot be pulled: ");
      expect(stderr).toContain("clx docker build");
    });
  });

  describe("where there is no clx in the image", () => {
    it("says so at once, in one line with the way out, and starts nothing", async () => {
      const site = newSite('default_execution_mode = "docker"', `image = "${bare}"`);

      const run = await site.run(["exec", "--", "true"]);
      const services = await site.run(["start-services", "--types", "command"]);

      expect([run.code, services.code]).toEqual([3, 3]);
      for (const { stderr } of [run, services]) {
        expect(stderr).toMatch(
          /^clx: there is no clx in the image clx-test-base:\S+, .*clx docker build.*image_unfit\)\n$/,
        );
      }
      expect(await site.json("workers", "list")).toMatchObject({ workers: [] });
    });

    it("is a problem to the doctor, and runs workers direct in mode auto", async () => {
      const site = newSite('default_execution_mode = "auto"', `image = "${bare}"`);

      const { stderr, code } = await site.run(["exec", "--", "true"]);
      const args = ["--json", "doctor"];
      const env = { CLX_WORKERS__DEFAULT_EXECUTION_MODE: "docker" };
      const { stdout } = await site.run(args, { env });

      expect(code).toBe(0);
      expect(stderr).toContain(
        `command workers run direct (auto): there is no clx in the image ${bare}\n`,
      );
      expect((JSON.parse(stdout) as { checks: object[] }).checks).toContainEqual(
        expect.objectContaining({ name: `image_${bare}`, level: "problem" }),
      );
    });
  });

  it("says that this user may not speak with the daemon", async () => {
    if (process.getuid?.() !== 0) return;
    const site = newSite('default_execution_mode = "docker"', 'image = "x"');
    for (const folder of [site.folder, join(site.folder, ".clx")])
      chownSync(folder, 65_534, 65_534);

    const { code, stderr } = await site.run(["exec", "--", "true"], { uid: 65_534 });

    expect(code).toBe(3);
    expect(stderr).toContain("may not speak with the Docker daemon");
    expect(stderr).toContain("usermod -aG docker");
  });

  it("keeps services in containers, shows them with limits and use, and leaves nothing", async () => {
    const limits = 'memory_limit = "256m"\ncpus = 1.5\npids_limit = 99';
    const site = newSite('default_execution_mode = "docker"', `image = "${image}"\n${limits}`);
    const { code, stderr } = await site.run(["start-services", "--wait"]);

    const [container] = await containersOf(site);
    const short = container?.Id.slice(0, 12) ?? "";
    const listed = await until(async () => {
      const text = await site.ok("workers", "list");
      return /MiB/.test(text) ? text : undefined;
    });
    const { workers } = await site.json<{ workers: readonly object[] }>("workers", "list");
    const status = await site.ok("status");
    const { checks } = await site.json<{ checks: readonly object[] }>("doctor");
    await site.ok("stop-services");

    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain("no plantuml workers: no image is set (workers.plantuml.image)\n");
    expect(listed).toContain(short);
    expect(listed).toContain("256 MiB, 1.5 cores, 99 processes");
    expect(workers).toMatchObject([
      {
        mode: "docker",
        memory_limit: 256 * 1024 ** 2,
        container: { id: container?.Id, image, cpus: 1.5, pids_limit: 99 },
      },
    ]);
    expect(status).toContain(`container ${short} of docker-command-0-`);
    expect(checks).toContainEqual(expect.objectContaining({ name: `image_${image}`, level: "ok" }));
    expect(await containersOf(site)).toEqual([]);
  });

  it("open the database themselves where told to: its folder is mounted, DELETE mode does too", async () => {
    const site = newSite('default_execution_mode = "docker"\ndocker_link = "database"');
    const elsewhere = join(site.folder, "data");
    mkdirSync(elsewhere);
    const path = join(elsewhere, "clx.db");
    forbidContainersOf(docker, elsewhere);
    await site.ok("submit", "command", "--db-path", path, "--", "true");
    const db = openBeside(path);
    db.exec("pragma journal_mode = delete");
    db.close();

    await site.ok("start-services", "--wait", "--types", "command", "--db-path", path);
    const label = [`${containerLabels.project}=${elsewhere}`];
    const [container] = await docker.listContainers({ filters: { label } });
    const { tasks } = await until(async () => {
      const args = ["tasks", "list", "--db-path", path, "--status", "completed"];
      const found = await site.json<{ tasks: readonly object[] }>(...args);
      return found.tasks.length > 0 ? found : undefined;
    });
    const { journal_mode } = await site.json("db", "stats", "--db-path", path);
    await site.ok("stop-services", "--db-path", path);

    expect(tasks).toHaveLength(1);
    const mounted = container?.Mounts.find(({ Destination }) => Destination === elsewhere);
    expect(mounted).toMatchObject({ Source: elsewhere, RW: true });
    expect(journal_mode).toBe("delete");
  });

  it("reach their supervisor by TCP where told to, also the next one, which stops them", async () => {
    const network = `clx-test-${randomUUID().slice(0, 8)}`;
    onTestFinished(() => docker.getNetwork(network).remove());
    const site = newSite("");
    site.writeConfig(
      `[workers]
       docker_network = "${network}"
       docker_link = "tcp"
       [workers.command]
       execution_mode = "docker"
       image = "${image}"`,
    );
    await site.ok("start-services", "--wait", "--types", "command");
    const [before] = await containersOf(site);
    const state = readFileSync(join(site.folder, ".clx", "worker-state.json"), "utf8");
    const { supervisor } = JSON.parse(state) as { supervisor: { pid: number } };
    process.kill(supervisor.pid, "SIGKILL");

    await site.ok("start-services", "--wait", "--types", "command");
    const [after] = await containersOf(site);
    await site.ok("submit", "command", "--wait", "--", "true");
    await site.ok("stop-services");

    expect(after?.Id).toBe(before?.Id);
    expect(await containersOf(site)).toEqual([]);
  });

  it("have supervisors beside the services, each with workers of its own", async () => {
    const site = newSite('default_execution_mode = "docker"');
    await site.ok("start-services", "--wait", "--types", "command");
    const readyWorkers = async () => {
      const shown = await site.json<{ workers: { state: string }[] }>("workers", "list");
      return shown.workers.filter(({ state }) => state === "idle").length;
    };

    const supervisors = [1, 2].map(() => site.start(["supervise", "--type", "command", "--force"]));
    await until(async () => (await readyWorkers()) === 3, { withinMs: 30_000 });
    for (const supervisor of supervisors) supervisor.kill("SIGINT");
    await Promise.all(supervisors.map(({ end }) => end));
    const left = await readyWorkers();
    await site.ok("stop-services");

    expect(left).toBe(1);
    expect(await containersOf(site)).toEqual([]);
  });

  it("ends what a killed run has left in a container that cannot leave by itself", async () => {
    const site = newSite('default_execution_mode = "docker"');
    const run = site.start(["exec", "--", "sleep", "600"]);
    const container = await until(async () => (await containersOf(site))[0]);
    await until(async () => (await site.ok("tasks", "list")).includes("running"));
    await pause(docker.getContainer(container.Id));
    run.kill("SIGKILL");
    await run.end;

    const lists = [await site.run(["tasks", "list"]), await site.run(["workers", "list"])];
    await site.ok("workers", "cleanup");
    const after = await site.run(["tasks", "list"]);

    for (const { stderr } of lists) {
      expect(stderr).toMatch(
        /^process \d+ \(exec\) is gone, .* "clx workers cleanup" puts it right$/m,
      );
    }
    expect(after.stderr).toBe("");
    expect(await containersOf(site)).toEqual([]);
    const { workers } = await site.json<{ workers: readonly object[] }>("workers", "list");
    expect(workers).toEqual([]);
  });
});
