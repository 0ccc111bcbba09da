import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import Docker from "dockerode";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { imageLabels } from "../../domain/container.ts";
import { containerLabels, defaultContainer } from "../../domain/container-settings.ts";
import { defaultTiming, type LaunchDocument } from "../../domain/launch.ts";
import { DockerExecutor } from "./docker-executor.ts";

const engineModule = new URL("engine.ts", import.meta.url).href;

const ref = { workerId: "docker-command-0-12345678", container: "c0ffee", engine: "silent" };

const running = {
  Id: ref.container,
  State: { Running: true, StartedAt: new Date(0).toISOString() },
  Config: { Labels: { [containerLabels.worker]: ref.workerId } },
};

/** An engine that says who it is, and of the rest what `tell` does: its daemon hangs. */
async function begin(tell: RequestListener = () => {}) {
  const folder = mkdtempSync(join(tmpdir(), "clx-silent-"));
  const socketPath = join(folder, "docker.sock");
  const engine = createServer((request, response) => {
    if (request.url?.endsWith("/info")) response.end(JSON.stringify({ ID: "silent" }));
    else tell(request, response);
  });
  engine.on("upgrade", (_, socket) => {
    socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
  });
  engine.listen(socketPath);
  await once(engine, "listening");
  const executor = new DockerExecutor({ client: async () => new Docker({ socketPath }) });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(async () => {
    vi.useRealTimers();
    await executor.close();
    engine.closeAllConnections();
    engine.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const asked = async (what: string) => {
    for (;;) {
      const [request] = (await once(engine, "request")) as [IncomingMessage];
      if (request.url?.includes(what)) return;
    }
  };
  return { executor, asked, folder, socketPath };
}

it.each(["isRunning", "stats", "cleanup", "reattach"] as const)(
  "a daemon that hangs keeps nobody waiting for ever: %s",
  async (question) => {
    const { executor, asked } = await begin();

    const heard = asked("/containers/c0ffee/json");
    const answer = executor[question](ref).then(String, (error: Error) => error.message);
    await heard;
    vi.advanceTimersByTime(20_000);

    await expect(answer).resolves.toMatch(/no answer within 20 s/);
  },
);

it("a daemon that hangs does not keep whoever stops a worker", async () => {
  const { executor, asked, folder } = await begin(({ url = "" }, response) => {
    if (url.endsWith("/json")) response.end(JSON.stringify(running));
    if (url.includes("/logs")) response.flushHeaders();
  });
  const worker = await executor.reattach({ ...ref, logPath: join(folder, "worker.log") });

  const heard = asked("/containers/c0ffee/kill");
  const stopped = worker?.stop({ graceMs: 1_000 }).then(String, (error: Error) => error.message);
  await heard;
  vi.advanceTimersByTime(20_000);

  await expect(stopped).resolves.toMatch(/no answer within 20 s/);
});

it("a daemon that hangs is told before anything is started", async () => {
  const { executor, asked } = await begin();

  const heard = asked("/images/here/json");
  const prepared = executor.prepare({ type: "command", image: "here" });
  const refused = expect(prepared).rejects.toMatchObject({
    code: "docker_unavailable",
    message: expect.stringContaining("no answer within 20 s"),
  });
  await heard;
  vi.advanceTimersByTime(20_000);

  await refused;
});

it("a daemon that hangs keeps no process from ending", async () => {
  const { socketPath } = await begin();
  const program = `
    const { dockerClient, within } = await import(${JSON.stringify(engineModule)});
    const asked = (await dockerClient()).info();
    await within(10, asked).catch((error) => console.log(error.message));`;

  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    env: { ...process.env, DOCKER_HOST: `unix://${socketPath}` },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);

  expect({ code, said }).toEqual({ code: 0, said: "no answer within 0.01 s\n" });
});

describe("a start that the daemon does not come to an end with", () => {
  const launch: LaunchDocument = {
    ...{ workerId: ref.workerId, launchToken: "token", type: "command", handler: "file:///w.js" },
    link: { kind: "api", address: "http://127.0.0.1:1", token: "token" },
    ...{ concurrency: 1, leaveWithParent: true, timing: defaultTiming, checkpointFolder: "/tmp" },
  };

  /** Does all that a start needs, but for a step that it is late with. */
  async function beginToStart(late: string) {
    const { promise: goesOn, resolve: goOn } = Promise.withResolvers<void>();
    const removed = Promise.withResolvers<void>();
    const steps: Readonly<Record<string, () => [number, object?]>> = {
      "GET /images/here/json": () => [
        200,
        { Config: { Labels: { [imageLabels.type]: "command" } } },
      ],
      "GET /containers/json": () => [200, []],
      "POST /containers/create": () => [201, { Id: ref.container }],
      "POST /containers/c0ffee/start": () => [204],
      "GET /containers/c0ffee/json": () => (isRemoved ? [404] : [200, running]),
      "DELETE /containers/c0ffee": () => [204],
    };
    let isRemoved = false;
    const started = await begin(async ({ method, url = "" }, response) => {
      const step = `${method} ${url.replace(/\?.*/, "")}`;
      if (step === late) await goesOn;
      if (step.startsWith("DELETE")) isRemoved = true;
      const [status, body] = steps[step]?.() ?? [500, {}];
      response.writeHead(status, { "content-type": "application/json" });
      response.end(body && JSON.stringify(body));
      if (isRemoved) removed.resolve();
    });
    const { executor, asked, folder } = started;
    const isLate = asked(late.replace(/^\w+ /, ""));
    const logPath = join(folder, "worker.log");
    const container = { ...defaultContainer, network: "none" };
    const start = executor
      .start({ launch, logPath, image: "here", container })
      .then(String, (error: Error) => error.message);
    await isLate;
    vi.advanceTimersByTime(60_000);
    return { start, goOn, removed: removed.promise };
  }

  it("is given up, and a container that is made afterwards is removed", async () => {
    const { start, goOn, removed } = await beginToStart("POST /containers/create");
    await expect(start).resolves.toMatch(/has not made its container within 60 s.*restart it/);

    goOn();

    await removed;
  });

  it("is given up, and its container is removed", async () => {
    const { start, removed } = await beginToStart("POST /containers/c0ffee/start");

    await expect(start).resolves.toMatch(/has not started its container within 60 s/);
    await removed;
  });
});
