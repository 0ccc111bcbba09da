import { describe, expect, it } from "vitest";
import { identify, isAlive } from "../../src/machine/process-identity.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { type ServedClx, ServerSite } from "../support/server.ts";
import { firstLineOf, program as storeProgram } from "../support/store-programs.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

interface ShownWorkers {
  readonly healthy: boolean;
  readonly workers: readonly {
    readonly workerId: string;
    readonly pid: number;
    readonly restartCount: number;
    readonly connected: boolean;
    readonly storeId: string;
  }[];
}

const shown = (served: ServedClx) => served.get<ShownWorkers>("/api/workers");

/** Resolves with the places once each has a connected worker. */
async function connected(served: ServedClx, count: number) {
  return await until(async () => {
    const { workers } = await shown(served);
    return workers.length === count && workers.every((one) => one.connected) ? workers : undefined;
  });
}

async function killed(served: ServedClx): Promise<void> {
  served.running.kill("SIGKILL");
  await served.running.end;
}

describe("a managed server that is killed", () => {
  it("leaves its workers at work, and the next server takes them over in their places", async () => {
    const site = new ServerSite();
    const args = ["--command-workers", "2"];
    const first = await site.serve("managed", { args });
    const before = await connected(first, 2);
    const program = site.gated();
    const id = await first.run(program.argv);
    const pid = await program.running();

    await killed(first);
    const second = await site.serve("managed", { args });
    const after = await connected(second, 2);

    const facts = ({ workerId, pid, storeId }: (typeof before)[number]) => [workerId, pid, storeId];
    expect(after.map(facts)).toEqual(before.map(facts));
    expect(process.kill(pid, 0)).toBe(true);
    program.release();
    expect(await site.untilEnded(id)).toMatchObject({ state: "completed", attempt: 1 });
    expect((await second.stop()).code).toBe(0);
    expect(await site.workers()).toEqual([]);
  });

  it("lets a task end while there is no server at all", async () => {
    const site = new ServerSite();
    const served = await site.serve("managed");
    const program = site.gated();
    const id = await served.run(program.argv);
    await program.running();

    await killed(served);
    program.release();

    expect(await site.untilEnded(id)).toMatchObject({ state: "completed", attempt: 1 });
  });

  it("keeps workers that were added by hand, and not those that are configured no more", async () => {
    const site = new ServerSite();
    const first = await site.serve("managed", { args: ["--command-workers", "2"] });
    await connected(first, 2);
    const added = await first.send("POST", "/api/workers", { workerId: "extra", force: true });
    expect(added.status).toBe(201);
    await connected(first, 3);

    await killed(first);
    const second = await site.serve("managed", { args: ["--command-workers", "1"] });

    const names = async () => (await connected(second, 2)).map(({ workerId }) => workerId);
    expect((await names()).toSorted()).toEqual(["extra", "worker-0"]);
    expect((await second.stop()).code).toBe(0);
  });
});

describe("an inline server that is killed", () => {
  it("leaves its tasks to the next one, which ends their programs and runs them at once", async () => {
    const site = new ServerSite();
    const first = await site.serve("inline");
    const program = site.gated();
    const id = await first.run(program.argv, { retry: { maxAttempts: 3, backoffMs: 1 } });
    const running = identify(await program.running());

    await killed(first);
    await site.serve("inline");
    await site.untilTask(id, ({ state, attempt }) => state === "running" && attempt === 2);

    expect(running && isAlive(running)).toBe(false);
    program.release();
    expect((await site.untilEnded(id)).state).toBe("completed");
  });
});

describe("a standalone server that is killed", () => {
  it("does not disturb the workers, which others started", async () => {
    const site = new ServerSite();
    const served = await site.serve("standalone");
    const worker = site.start(["worker", "--type", "command"]);
    const program = site.gated();
    const id = await served.run(program.argv);
    await program.running();

    await killed(served);
    program.release();

    expect(await site.untilEnded(id)).toMatchObject({ state: "completed", attempt: 1 });
    worker.kill("SIGTERM");
    await worker.end;
  });
});

describe("a worker of a managed server", () => {
  it("is replaced in its place when it is killed, and its task runs again", async () => {
    const site = new ServerSite();
    const served = await site.serve("managed");
    const [before] = await connected(served, 1);
    const program = site.gated();
    const id = await served.run(program.argv, { retry: { maxAttempts: 3, backoffMs: 1 } });
    await program.running();

    process.kill(before?.pid ?? 0, "SIGKILL");
    await site.untilTask(id, ({ state, attempt }) => state === "running" && attempt === 2);
    const [after] = await connected(served, 1);

    expect(after).toMatchObject({ workerId: "worker-0", restartCount: 1 });
    expect(after?.pid).not.toBe(before?.pid);
    program.release();
    expect((await site.untilEnded(id)).state).toBe("completed");
    expect((await served.stop()).code).toBe(0);
  });

  it("stays away once it was stopped for good, or drained", async () => {
    const site = new ServerSite();
    const served = await site.serve("managed", { args: ["--command-workers", "2"] });
    const [, second] = await connected(served, 2);

    const stopped = await served.send("DELETE", "/api/workers/worker-0");
    await connected(served, 1);
    await served.send("POST", `/api/workers/${second?.storeId}/drain`);
    await connected(served, 0);

    expect(stopped.status).toBeLessThan(300);
    expect((await served.fetch("/api/workers/worker-0")).status).toBe(404);
    const again = await served.send("POST", "/api/workers", { workerId: "worker-0", force: true });
    expect(again.status).toBe(201);
    expect((await connected(served, 1))[0]?.workerId).toBe("worker-0");
    expect((await served.stop()).code).toBe(0);
  });

  it("can be told what shall be done with its task when it is aborted, step by step", async () => {
    const site = new ServerSite();
    const served = await site.serve("managed");
    const [worker] = await connected(served, 1);
    const id = await served.run(site.gated({ isStubborn: true }).argv);
    await site.untilTask(id, ({ state }) => state === "running");

    const answer = await served.send("POST", `/api/workers/${worker?.storeId}/abort/?confirm=yes`);

    expect(answer.status).toBeLessThan(300);
    expect((await site.untilEnded(id)).failure?.kind).toBe("aborted");
    const events = await until(async () => {
      const store = await site.store();
      const all = await store.listEvents({ after: 0, limit: 500, workerId: worker?.storeId ?? "" });
      return all.some(({ type }) => type === "worker_gone") ? all : undefined;
    });
    const steps = events
      .filter(({ type }) => /worker_(aborted|signalled|gone)/.test(type))
      .map(({ type, data }) => (type === "worker_signalled" ? data?.signal : type));
    expect(steps[0]).toBe("worker_aborted");
    expect(steps.at(-1)).toBe("worker_gone");
    expect(steps).toContain("SIGTERM");
    expect((await served.stop()).code).toBe(0);
  });
});

describe("a database that a stranger keeps locked for a while", () => {
  it("delays requests or has them refused as store_busy, and loses none", async () => {
    const site = new ServerSite();
    const served = await site.serve("inline");
    const stranger = storeProgram("lock-holder", [site.databasePath]);
    await firstLineOf(stranger);

    const asked = Array.from({ length: 5 }, () =>
      served.send("POST", "/api/tasks", { type: "command", payload: { argv: ["true"] } }),
    );
    expect((await served.fetch("/api/tasks")).status).toBe(200);
    const holds = setTimeout(() => stranger.stdin?.end(), 2_000);
    const answers = await Promise.all(asked);
    clearTimeout(holds);

    const accepted: string[] = [];
    for (const answer of answers) {
      const body = (await answer.json()) as { taskId?: string; error?: { code: string } };
      if (answer.status === 202 && body.taskId) accepted.push(body.taskId);
      else expect([answer.status, body.error?.code]).toEqual([503, "store_busy"]);
    }
    for (const id of accepted) expect((await site.untilEnded(id)).state).toBe("completed");
    expect(await served.get("/health")).toMatchObject({ queue: { completed: accepted.length } });
  });
});
