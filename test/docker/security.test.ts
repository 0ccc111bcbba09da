import { randomUUID } from "node:crypto";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { callerBeside, giveTo } from "../support/docker/caller.ts";
import { ContainerSite } from "../support/docker/container-site.ts";
import { dockerForTests } from "../support/docker/engine.ts";
import { ourImages } from "../support/docker/our-images.ts";
import { buildImage } from "../support/docker/worker-image.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

const engine = await dockerForTests();
const probe = fileURLToPath(new URL("../programs/commands/probe-container.mjs", import.meta.url));

interface Seen {
  readonly writes: Readonly<Record<string, string>>;
  readonly stateFolder: readonly string[];
  readonly secret: string;
  readonly capabilities: readonly string[];
  readonly noNewPrivileges: string;
  readonly seccomp: string;
  readonly user: number;
  readonly suidUser: number;
  readonly devices: readonly string[];
  readonly launchSecrets: number;
  readonly api: unknown;
}

describe.skipIf(engine === undefined)("a task in a container", { timeout: 90_000 }, () => {
  const docker = engine as Docker;
  const caller = engine === undefined ? { uid: 0, gid: 0 } : callerBeside(docker);
  let image = "";
  let looked: Promise<Seen> | undefined;
  const seen = () => (looked ??= look());

  beforeAll(async () => {
    const { command = "" } = await ourImages(docker, "command");
    image = `clx-test-suid:${command.split(":")[1]}`;
    await buildImage(docker, {
      tag: image,
      paths: ["package.json"],
      lines: [
        ...[`FROM ${command}`, "USER root"],
        "RUN cp /usr/bin/id /usr/local/bin/suid-id && chmod 4755 /usr/local/bin/suid-id",
      ],
    });
  }, 240_000);

  afterAll(async () => {
    if (image !== "") await docker.getImage(image).remove({ force: true });
  });

  /** What a program sees that tries what it may not. */
  async function look(): Promise<Seen> {
    const network = `clx-test-${randomUUID().slice(0, 8)}`;
    const site = new ContainerSite({
      ...{ docker, images: { command: image } },
      workers: `docker_network = "${network}"\ndocker_workspace = ["output"]`,
    });
    onTestFinished(async () => await docker.getNetwork(network).remove());
    copyFileSync(probe, join(site.folder, "probe.mjs"));
    giveTo(site.folder, caller);
    const wanted = {
      ...{ project: site.folder, suid: "/usr/local/bin/suid-id", otherWorker: "docker-command-1" },
    };
    const { code, stdout, stderr } = await site.run(
      ["exec", "--workers=docker", "--", "node", "probe.mjs", JSON.stringify(wanted)],
      caller,
    );
    expect(stderr).not.toContain("failed");
    expect(code).toBe(0);
    return JSON.parse(stdout);
  }

  it("writes to the workspace and to temporary files alone", async () => {
    const { writes } = await seen();

    expect(writes).toEqual({
      ...{ PROJECT: "EROFS", "/": "EROFS", "/opt/clx": "EROFS", "/etc": "EROFS" },
      ...{ "/usr/bin": "EROFS", "PROJECT/output": "written", "/tmp": "written" },
    });
  });

  it("sees neither the database nor the secret that tokens are made from", async () => {
    const { stateFolder, secret, launchSecrets } = await seen();

    expect(stateFolder).toEqual(["checkpoints", "clx_jobs.db-workers"]);
    expect(secret).toBe("ENOENT");
    expect(launchSecrets).toBe(0);
  });

  it("is nobody to the worker API, with no token and with one that it made up", async () => {
    const { api } = await seen();

    expect(api).toEqual({ nobody: 401, madeUp: 401 });
  });

  it("has no capability and gains none, by a setuid program neither", async () => {
    const { capabilities, noNewPrivileges, seccomp, user, suidUser, devices } = await seen();

    expect(capabilities.map((set) => Number.parseInt(set, 16))).toEqual([0, 0, 0, 0, 0]);
    expect({ noNewPrivileges, seccomp }).toEqual({ noNewPrivileges: "1", seccomp: "2" });
    expect({ user, suidUser }).toEqual({ user: caller.uid, suidUser: caller.uid });
    expect(devices).toEqual([]);
  });
});
