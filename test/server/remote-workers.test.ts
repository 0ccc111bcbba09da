import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Role } from "../../src/domain/role.ts";
import { ClxSite, type RunningClx } from "../support/clx.ts";
import { freePort } from "../support/free-port.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { type ServedClx, ServerSite } from "../support/server.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

interface Remote {
  readonly site: ServerSite;
  readonly served: ServedClx;
  /** Of another folder, which has no database. */
  readonly elsewhere: ClxSite;
  readonly work: (...more: string[]) => Promise<RunningClx>;
}

async function begin(): Promise<Remote> {
  const site = new ServerSite();
  const args = ["--port", String(await freePort())]; // another server may be started there
  const served = await site.serve("standalone", { args });
  const elsewhere = new ClxSite();
  const work = async (...more: string[]) => {
    const words = ["worker", "--type", "command", "--server", served.url, ...more];
    const running = elsewhere.start(words);
    await running.says(/takes command tasks of/);
    await until(async () => (await site.workers()).some(({ state }) => state === "idle"));
    return running;
  };
  return { site, served, elsewhere, work };
}

const newKey = (site: ServerSite, role: Role) => site.ok("keys", "create", role, "--role", role);

describe("a worker that works for a server", () => {
  it("does tasks in its own folder, without a database there, and leaves when told", async () => {
    const { site, served, elsewhere, work } = await begin();
    const running = await work();

    const id = await served.run(["pwd"]);
    const task = await site.untilEnded(id);
    running.kill("SIGTERM");
    const { code, stderr } = await running.end;

    expect(task).toMatchObject({ state: "completed", attempt: 1 });
    const { lines } = await (await site.store()).logsOf({ taskId: id, after: 0, limit: 10 });
    expect(lines.map(({ line }) => line)).toEqual([elsewhere.folder]);
    expect(code).toBe(0);
    expect(stderr).toContain("has left");
    await expect(site.workers()).resolves.toEqual([]);
  });

  it("keeps its outcome while the server is killed, and reports it to the next one", async () => {
    const { site, served, work } = await begin();
    const running = await work();
    const program = site.gated();
    const id = await served.run(program.argv);
    await program.running();

    served.running.kill("SIGKILL");
    await served.running.end;
    program.release();
    const { port } = new URL(served.url);
    const next = await site.serve("standalone", { args: ["--port", port] });
    const task = await site.untilEnded(id);
    const after = await site.untilEnded(await next.run(["true"]));

    expect(task).toMatchObject({ state: "completed", attempt: 1 });
    expect(after).toMatchObject({ state: "completed", workerId: task.workerId });
    running.kill("SIGTERM");
    await expect(running.end).resolves.toMatchObject({ code: 0 });
  });

  it("is judged when it is killed, and its task runs again", async () => {
    const { site, served, work } = await begin();
    const first = await work();
    const program = site.gated();
    const id = await served.run(program.argv);
    await program.running();

    first.kill("SIGKILL");
    await first.end;
    await site.untilTask(id, ({ state }) => state === "pending");
    program.release();
    await work();

    await expect(site.untilEnded(id)).resolves.toMatchObject({ state: "completed", attempt: 2 });
  });

  it("stops a task that is cancelled, and goes on", async () => {
    const { site, served, work } = await begin();
    await work();
    const program = site.gated();
    const id = await served.run(program.argv);
    await program.running();

    await served.send("DELETE", `/api/tasks/${id}`);
    const cancelled = await site.untilEnded(id);
    const after = await site.untilEnded(await served.run(["true"]));

    expect(cancelled.state).toBe("cancelled");
    expect(after).toMatchObject({ state: "completed", workerId: cancelled.workerId });
  });

  it("is draining once it is told to leave, and finishes what it has", async () => {
    const { site, served, work } = await begin();
    const running = await work();
    const program = site.gated();
    const id = await served.run(program.argv);
    await program.running();

    running.kill("SIGINT");
    const shown = await until(async () => {
      const [worker] = await site.workers();
      return worker?.state === "draining" ? worker : undefined;
    });
    program.release();
    const { code } = await running.end;

    expect(shown).toMatchObject({ state: "draining", taskIds: [id] });
    await expect(site.untilEnded(id)).resolves.toMatchObject({ state: "completed", attempt: 1 });
    expect(code).toBe(0);
  });

  it("leaves when it is drained by the server", async () => {
    const { site, served, work } = await begin();
    const running = await work();
    const [worker] = await site.workers();

    await served.send("POST", `/api/workers/${worker?.id}/drain`);

    await expect(running.end).resolves.toMatchObject({ code: 0 });
  });

  it("needs a key with the role operator, which its tasks do not see", async () => {
    const { site, served, elsewhere } = await begin();
    const viewer = await newKey(site, "viewer");
    const operator = await newKey(site, "operator");
    const words = ["worker", "--type", "command", "--server", served.url];
    writeFileSync(join(elsewhere.folder, "key"), `${operator}\n`);

    const without = await elsewhere.run(words);
    const wrong = await elsewhere.run(words, { env: { CLX_KEY: viewer } });
    const byFile = elsewhere.start([...words, "--key-file", "key"]);
    await byFile.says(/takes command tasks of/);
    byFile.kill("SIGTERM");
    const byVariable = elsewhere.start(words, { env: { CLX_KEY: operator } });
    await byVariable.says(/takes command tasks of/);
    const response = await served.fetch("/api/tasks", {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${operator}` },
      body: JSON.stringify({ type: "command", payload: { argv: ["sh", "-c", "echo [$CLX_KEY]"] } }),
    });
    const { taskId } = (await response.json()) as { taskId: string };
    await site.untilEnded(taskId);
    const { lines } = await (await site.store()).logsOf({ taskId, after: 0, limit: 10 });

    expect([without.code, wrong.code]).toEqual([5, 5]);
    expect(without.stderr).toContain("--key-file");
    expect(wrong.stderr).toContain("operator");
    expect(lines.map(({ line }) => line)).toEqual(["[]"]);
    byVariable.kill("SIGTERM");
    await byVariable.end;
  });

  it("says so when there is no server", async () => {
    const elsewhere = new ClxSite();

    const words = ["worker", "--type", "command", "--server", "http://127.0.0.1:9"];
    const { code, stderr } = await elsewhere.run(words);

    expect(code).toBe(3);
    expect(stderr).toContain("http://127.0.0.1:9 cannot be reached");
  });
});
