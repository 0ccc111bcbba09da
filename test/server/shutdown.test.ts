import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { freePort } from "../support/free-port.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { type ServeMode, ServerSite } from "../support/server.ts";

forbidProcessLeaks();

const withWorkers: readonly ServeMode[] = ["inline", "managed"];

describe.each(withWorkers)("stopping a server in %s mode", (mode) => {
  it("refuses new work, lets running tasks end, keeps the queue, and leaves nothing", async () => {
    const site = new ServerSite();
    const served = await site.serve(mode);
    const [runs, waits] = [site.gated(), site.gated()];
    const running = await served.run(runs.argv);
    await runs.running();
    const queued = await served.run(waits.argv);
    const stream = await served.fetch("/api/events/stream");

    served.running.kill("SIGTERM");
    await served.running.says(/new work is refused/);
    const refused = await served.send("POST", "/api/tasks", {
      type: "command",
      payload: { argv: ["true"] },
    });
    const read = await served.fetch(`/api/tasks/${running}`);
    runs.release();
    const streamed = await stream.text();
    const { code } = await served.running.end;

    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ error: { code: "shutting_down" } });
    expect(read.status).toBe(200);
    expect(streamed).toContain("task_completed");
    expect(code).toBe(0);
    expect((await site.task(running)).state).toBe("completed");
    expect((await site.task(queued)).state).toBe("pending");
    expect(waits.hasStarted).toBe(false);
    expect(await site.workers()).toEqual([]);
    await expect(fetch(served.url)).rejects.toThrow();
  });

  it("gives back what does not end in time, and the next server runs it", async () => {
    const site = new ServerSite();
    const args = ["--shutdown-timeout", "200ms"];
    const first = await site.serve(mode, { args });
    const program = site.gated();
    const id = await first.run(program.argv);
    await program.running();

    expect((await first.stop()).code).toBe(0);
    expect(await site.task(id)).toMatchObject({ state: "pending" });
    program.release();
    await site.serve(mode);

    expect((await site.untilEnded(id)).state).toBe("completed");
  });

  it("hurries at the second signal", async () => {
    const site = new ServerSite();
    const served = await site.serve(mode, { args: ["--shutdown-timeout", "1h"] });
    const program = site.gated({ isStubborn: true });
    const id = await served.run(program.argv);
    await program.running();

    served.running.kill("SIGINT");
    await served.running.says(/new work is refused/);
    const { code } = await served.stop("SIGINT");

    expect(code).toBe(0);
    expect(await site.task(id)).toMatchObject({ state: "pending" });
  });

  it("ends, and says why, when its database is deleted", async () => {
    const site = new ServerSite();
    const served = await site.serve(mode);

    rmSync(site.databasePath);
    const { code, stderr, stdout } = await served.running.end;

    expect(code).not.toBe(0);
    expect(stderr + stdout).toContain("has been deleted, moved or replaced");
    rmSync(`${site.databasePath}-wal`, { force: true });
    rmSync(`${site.databasePath}-shm`, { force: true });
  });
});

it("a standalone server stops without waiting for the tasks of others", async () => {
  const site = new ServerSite();
  const served = await site.serve("standalone");
  const worker = site.start(["worker", "--type", "command"]);
  const program = site.gated();
  const id = await served.run(program.argv);
  await program.running();

  expect((await served.stop()).code).toBe(0);

  expect((await site.task(id)).state).toBe("running");
  program.release();
  expect((await site.untilEnded(id)).state).toBe("completed");
  worker.kill("SIGTERM");
  await worker.end;
});

describe("starting a server", () => {
  it("says where it serves, in which mode, and where its workers log, in one line", async () => {
    const site = new ServerSite();
    const running = site.start(["serve", "--port", "0"]);
    await running.says(/clx serves/);

    expect(running.stdout).toMatch(
      /^clx serves http:\/\/127\.0\.0\.1:\d+ \(inline mode, 1 worker; database .*clx_jobs\.db; logs of workers in .*logs\)\n$/,
    );
    running.kill("SIGTERM");
    expect((await running.end).code).toBe(0);
  });

  it("heeds who tells it to stop as soon as it says that it serves", async () => {
    const site = new ServerSite();
    const hook = join(site.folder, "hook.mjs");
    writeFileSync(
      hook,
      `const write = process.stdout.write.bind(process.stdout);
       process.stdout.write = (text, ...rest) => {
         const isRoomLeft = write(text, ...rest);
         if (String(text).includes("clx serves")) process.kill(process.pid, "SIGTERM");
         return isRoomLeft;
       };`,
    );

    const { code, signal } = await site.run(["serve", "--mode", "standalone", "--port", "0"], {
      env: { NODE_OPTIONS: `--import ${pathToFileURL(hook).href}` },
    });

    expect({ code, signal }).toEqual({ code: 0, signal: null });
  });

  it("takes its mode, port and folder from WORKER_MODE, PORT, WORKER_COUNT and DB_PATH", async () => {
    const site = new ServerSite();
    const port = await freePort();
    const env = {
      WORKER_MODE: "managed",
      PORT: String(port),
      WORKER_COUNT: "2",
      DB_PATH: `${site.folder}/data/other.db`,
    };
    const { mkdirSync } = await import("node:fs");
    mkdirSync(`${site.folder}/data`);
    const running = site.start(["serve", "--json"], { env });
    await running.says(/"url":/);

    expect(JSON.parse(running.stdout)).toMatchObject({
      url: `http://127.0.0.1:${port}`,
      mode: "managed",
      workers: 2,
      database: env.DB_PATH,
    });
    running.kill("SIGTERM");
    expect((await running.end).code).toBe(0);
  });

  it("names the port that is taken, and another", async () => {
    const site = new ServerSite();
    const first = await site.serve("standalone");
    const { port } = new URL(first.url);

    const { code, stderr } = await site.run(["serve", "--mode", "standalone", "--port", port]);

    expect(code).toBe(5);
    expect(stderr).toContain(`port ${port} of 127.0.0.1 is taken by another program`);
    expect(stderr).toContain(`--port ${Number(port) + 1}`);
  });

  it("listens beyond this machine only once there is a key", async () => {
    const site = new ServerSite();
    const words = ["serve", "--mode", "standalone", "--port", "0", "--host", "0.0.0.0"];

    const { code, stderr } = await site.run(words);
    await site.ok("keys", "create", "me", "--role", "admin");
    const allowed = site.start([...words, "--json"]);
    await allowed.says(/"url":/);

    expect(code).toBe(5);
    expect(stderr).toContain("clx keys create");
    allowed.kill("SIGTERM");
    await allowed.end;
  });

  it("refuses a second server that keeps workers on one database, and no other", async () => {
    const site = new ServerSite();
    const first = await site.serve("managed");

    const second = await site.run(["serve", "--mode", "managed", "--port", "0"]);
    const beside = await site.serve("standalone");

    expect(second.code).toBe(5);
    expect(second.stderr).toContain(`process ${first.pid} serves this database`);
    expect((await beside.stop()).code).toBe(0);
    expect((await first.stop()).code).toBe(0);
    await (await site.serve("managed")).stop();
  });

  it("says which value is wrong", async () => {
    const site = new ServerSite();

    const mode = await site.run(["serve", "--mode", "inlin"]);
    const port = await site.run(["serve"], { env: { PORT: "http" } });

    expect(mode.stderr).toMatch(/--mode is "inlin".*did you mean "inline"\?/);
    expect(port.stderr).toContain('PORT is "http", but must be a whole number from 0 to 65535');
  });
});
