import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { expect, it, onTestFinished, vi } from "vitest";
import { DockerExecutor } from "./docker-executor.ts";

/** An engine that says who it is, and then nothing more: its daemon hangs. */
async function begin() {
  const folder = mkdtempSync(join(tmpdir(), "clx-silent-"));
  const socketPath = join(folder, "docker.sock");
  const engine = createServer((request, response) => {
    if (request.url?.endsWith("/info")) response.end(JSON.stringify({ ID: "silent" }));
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
  return { executor, asked };
}

const ref = { workerId: "docker-command-0-12345678", container: "c0ffee", engine: "silent" };

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
