import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { expect, it, onTestFinished } from "vitest";
import { ConfigSite } from "../../test/support/config-site.ts";
import type { HostKind } from "../domain/host-kind.ts";
import { checkDocker } from "./check-docker.ts";
import { wantedPools } from "./wanted-pools.ts";

const docker =
  '[workers]\ndefault_execution_mode = "docker"\n[workers.command]\nimage = "some:1"\n';

it("says when the database is where containers cannot open it, and only when they open it", async () => {
  const path = "\\\\server\\share/clx.db";
  const shared = docker.replace("]\n", ']\ndocker_link = "database"\n');

  const windows = await check(shared, { path, host: "windows" });
  const linux = await check(shared, { path, host: "linux" });
  const byApi = await check(docker, { path, host: "windows" });

  expect(windows.at(-1)).toMatchObject({ name: "database_reach", level: "warning" });
  expect([...linux, ...byApi].map(({ name }) => name)).not.toContain("database_reach");
});

it("calls a missing image a problem when it shall not be pulled", async () => {
  const never = docker.replace("]\n", "]\ndocker_pull = false\n");

  const checks = await check(never);

  expect(checks).toContainEqual(
    expect.objectContaining({ name: "image_some:1", level: "problem" }),
  );
});

it("says what auto means here", async () => {
  const auto = docker.replace('"docker"', '"auto"');

  const there = await check(auto);
  const away = await check(auto, { socket: "/no/such.sock" });

  expect(there.map(({ level, message }) => `${level}: ${message}`)).toEqual([
    expect.stringMatching(/^ok: The Docker daemon answers at /),
    "ok: The image some:1 is not on this machine: command workers run direct (auto).",
  ]);
  expect(away).toMatchObject([
    {
      level: "ok",
      message:
        "command workers run direct (auto): the Docker daemon cannot be reached: there is no /no/such.sock.",
    },
  ]);
});

it("says briefly what it finds when an image is set and workers run direct", async () => {
  const direct = docker.replace('"docker"', '"direct"');

  const there = await check(direct);
  const away = await check(direct, { socket: "/no/such.sock" });
  const none = await check('[workers]\ndefault_execution_mode = "direct"\n');

  const why =
    " command workers have an image and run direct, until --workers=docker or execution_mode says otherwise.";
  expect(there).toMatchObject([
    { level: "ok", message: expect.stringMatching(`^The Docker daemon answers at .*\\.${why}$`) },
    { level: "ok", message: "The image some:1 is not on this machine." },
  ]);
  expect(away).toMatchObject([
    {
      level: "ok",
      message: `The Docker daemon cannot be reached: there is no /no/such.sock.${why}`,
    },
  ]);
  expect(none).toEqual([]);
});

it("says so when the daemon answers to nothing but a ping", async () => {
  const socket = await engineOf((request, response) => {
    if (request.url === "/_ping") response.end("OK");
    else request.socket.destroy();
  });

  const checks = await check(docker, { socket });

  expect(checks).toMatchObject([
    {
      ...{ name: "docker", level: "problem" },
      message: expect.stringContaining(`the Docker daemon cannot be reached: ${socket}: `),
    },
  ]);
});

it("says so when the client cannot be loaded", async () => {
  const site = new ConfigSite().write("project", docker);
  const pools = wantedPools(await site.load(), ["command"]);
  const client = () =>
    Promise.reject(new Error("the Docker client cannot be used: no package; install the package"));

  const checks = await checkDocker({ pools, databasePath: "/srv/clx.db", client });

  expect(checks).toMatchObject([
    {
      level: "problem",
      message: "the Docker client cannot be used: no package.",
      fix: "Install the package.",
    },
  ]);
});

interface Circumstances {
  readonly path?: string;
  readonly host?: HostKind;
  readonly socket?: string;
}

async function check(
  toml: string,
  { path = "/srv/clx.db", host = "linux", socket }: Circumstances = {},
) {
  const site = new ConfigSite().write("project", toml);
  const pools = wantedPools(await site.load(), ["command"]);
  const docker = new Docker({ socketPath: socket ?? (await emptyEngine()) });
  return await checkDocker({ pools, client: async () => docker, databasePath: path, host });
}

/** The socket of an engine that has no images. */
function emptyEngine(): Promise<string> {
  return engineOf((request, response) => {
    response.statusCode = request.url === "/_ping" ? 200 : 404;
    response.end();
  });
}

async function engineOf(answer: RequestListener): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "clx-engine-"));
  const server = createServer(answer);
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const socket = join(folder, "d.sock");
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return socket;
}
