import { describe, expect, it } from "vitest";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { type ServeMode, ServerSite } from "../support/server.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

const modes: readonly ServeMode[] = ["inline", "standalone", "managed"];

/** A server in that mode with one worker that acts, whoever keeps it, and what its workers log. */
async function serveActor(mode: ServeMode, config = "") {
  const site = new ServerSite({ actor: true, config });
  const served = await site.serve(mode);
  const worker = mode === "standalone" ? site.start(["worker", "--type", "actor"]) : served.running;
  const act = (payload: object, more: object = {}) =>
    served.submit({ type: "actor", payload, retry: { maxAttempts: 1 }, ...more });
  const end = async () => {
    if (worker !== served.running) worker.kill("SIGTERM");
    if (worker !== served.running) await worker.end;
    return await served.stop();
  };
  return { site, served, worker, act, end };
}

describe.each(modes)("a server in %s mode", (mode) => {
  it("does tasks, and keeps their result, log and progress", async () => {
    const { site, served, act, end } = await serveActor(mode);

    const id = await act({ act: "writeLines", count: 3 });
    await site.untilEnded(id);

    const task = await site.task(id);
    expect(task).toMatchObject({ state: "completed", attempt: 1, progress: { fraction: 1 } });
    expect(await served.get(`/api/tasks/${id}`)).toMatchObject({ status: "completed" });
    const logs = JSON.stringify(await served.get(`/api/tasks/${id}/logs`));
    for (const line of ["line 1", "line 2", "line 3"]) expect(logs).toContain(line);
    expect(await served.get("/health")).toMatchObject({
      status: "healthy",
      workerMode: mode,
      queue: { completed: 1, pending: 0, running: 0 },
    });
    expect((await end()).code).toBe(0);
  });

  it("logs the end of each task as a line of a worker", async () => {
    const { site, served, worker, act, end } = await serveActor(mode);

    const good = await act({ act: "answer", value: 1 }, { title: "a good one" });
    const bad = await act({ act: "throwError" });
    await site.untilEnded(bad);
    await end();

    for (const { stderr } of [await served.running.end, await worker.end]) {
      const line = (id: string) =>
        stderr.split("\n").find((one) => one.includes(id) && one.includes("[Worker]"));
      expect(line(good)).toMatch(/\[Worker\] Task completed/);
      expect(line(good)).toContain("a good one");
      expect(line(good)).toMatch(/duration/);
      expect(line(bad)).toMatch(/\[Worker\] Task failed/);
      expect(line(bad)).toContain("no such thing");
    }
  });

  it("cancels a task that heeds its signal, and one that blocks, and goes on", async () => {
    const { site, served, act, end } = await serveActor(mode);

    for (const payload of [{ act: "sleep", ms: 60_000 }, { act: "block" }]) {
      const id = await act(payload);
      await site.untilTask(id, ({ state }) => state === "running");
      const answer = await served.send("POST", `/api/tasks/${id}/cancel`, {});

      expect(answer.status).toBeLessThan(300);
      expect((await site.untilEnded(id)).state).toBe("cancelled");
      if (mode === "standalone" && payload.act === "block") return; // its worker went with it
    }
    const next = await act({ act: "answer", value: 1 });
    expect((await site.untilEnded(next)).state).toBe("completed");
    await end();
  });

  it("ends an attempt that blocks at its deadline", async () => {
    const { site, act } = await serveActor(mode);

    const id = await act({ act: "block" }, { timeoutMs: 1_000 });

    const { state, failure } = await site.untilEnded(id);
    expect([state, failure?.kind]).toEqual(["failed", "timed_out"]);
    expect(failure?.logTail).toContain("blocks from now on");
  });

  it("says of a task that failed why", async () => {
    const { site, served, act, end } = await serveActor(mode);

    const id = await act({ act: "throwTaskError", kind: "user_error" });

    expect((await site.untilEnded(id)).failure).toMatchObject({ kind: "user_error" });
    expect(JSON.stringify(await served.get(`/api/tasks/${id}`))).toContain("the input is wrong");
    await end();
  });

  it("does as many tasks at once as QUEUE_CONCURRENCY says, and keeps the rest queued", async () => {
    const site = new ServerSite();
    const env = { QUEUE_CONCURRENCY: "2" };
    const served = await site.serve(mode, { env });
    if (mode === "standalone") site.start(["worker", "--type", "command"], { env });
    const programs = [site.gated(), site.gated(), site.gated()];

    const ids: string[] = [];
    for (const { argv } of programs) ids.push(await served.run(argv));
    await Promise.all(programs.slice(0, 2).map((program) => program.running()));

    expect(await served.get("/health")).toMatchObject({ queue: { running: 2, pending: 1 } });
    expect(programs[2]?.hasStarted).toBe(false);
    for (const program of programs) program.release();
    for (const id of ids) expect((await site.untilEnded(id)).state).toBe("completed");
  });
});

it("keeps workers for programs and for types that are asked for, and adds others by hand", async () => {
  const site = new ServerSite();
  site.writeConfig("");
  const env = { WORKER_COUNT: "2", CLX_WORKERS__PLANTUML__COUNT: "1" };
  const served = await site.serve("managed", { env });
  const types = async () => {
    const { workers } = await served.get<{ workers: { type: string }[] }>("/api/workers");
    return workers.map(({ type }) => type).toSorted();
  };

  expect(served.said).toMatchObject({ workers: 3 });
  expect(await types()).toEqual(["command", "command", "plantuml"]);
  const add = { type: "notebook", force: true };
  expect((await served.send("POST", "/api/workers", add)).status).toBe(201);
  expect(await types()).toContain("notebook");
  expect((await served.stop()).code).toBe(0);
});

it("answers just as well while handlers block the threads of an inline server", async () => {
  const { site, served, act } = await serveActor("inline");
  const id = await act({ act: "block", ms: 60_000 });
  await site.untilTask(id, ({ state }) => state === "running");

  for (let count = 0; count < 50; count++) await (await served.fetch("/health")).text();

  // A server whose own loop is blocked would have answered once that was over.
  expect((await site.task(id)).state).toBe("running");
});

it("goes on when code in one of its threads uses up its memory", async () => {
  const site = new ServerSite({
    config: '[workers.hungry]\nhandler = "./hungry.mjs"\nmemory_limit = "150m"\n',
  });
  const { writeFileSync } = await import("node:fs");
  writeFileSync(
    `${site.folder}/hungry.mjs`,
    "export default { type: 'hungry', async handle() { const held = []; for (;;) held.push({ at: held.length }); } };",
  );
  const served = await site.serve("inline");

  const id = await served.submit({ type: "hungry", payload: {}, retry: { maxAttempts: 1 } });
  const { state, failure } = await site.untilEnded(id);

  expect([state, failure?.kind]).toEqual(["failed", "out_of_memory"]);
  expect((await served.fetch("/health")).status).toBe(200);
  await until(async () => (await served.get<{ healthy: boolean }>("/api/workers")).healthy);
});
