import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { expect, it, onTestFinished, vi } from "vitest";
import { containerLabels } from "../../domain/container-settings.ts";
import { DockerExecutor } from "./docker-executor.ts";

const ref = { workerId: "docker-command-0-12345678", container: "c0ffee", engine: "silent" };

const running = {
  Id: ref.container,
  State: { Running: true, StartedAt: new Date(0).toISOString() },
  Config: { Labels: { [containerLabels.worker]: ref.workerId } },
};

/** An engine that says who it is, and then nothing more, or hardly anything: its daemon hangs. */
async function begin({ tellsOfContainers = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "clx-silent-"));
  const socketPath = join(folder, "docker.sock");
  const engine = createServer((request, response) => {
    const { url = "" } = request;
    if (url.endsWith("/info")) response.end(JSON.stringify({ ID: "silent" }));
    if (!tellsOfContainers) return;
    if (url.endsWith("/json")) response.end(JSON.stringify(running));
    if (url.includes("/logs")) response.flushHeaders();
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
  return { executor, asked, folder };
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
  const { executor, asked, folder } = await begin({ tellsOfContainers: true });
  const worker = await executor.reattach({ ...ref, logPath: join(folder, "worker.log") });

  const heard = asked("/containers/c0ffee/kill");
  const stopped = worker?.stop({ graceMs: 1_000 }).then(String, (error: Error) => error.message);
  await heard;
  vi.advanceTimersByTime(20_000);

  await expect(stopped).resolves.toMatch(/no answer within 20 s/);
});
