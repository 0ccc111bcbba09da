import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  heard,
  newFolder,
  newOrder,
  programAt,
  startDirect,
} from "../../../test/support/direct-workers.ts";
import { forbidProcessLeaks } from "../../../test/support/process-leaks.ts";
import { until } from "../../../test/support/until.ts";
import type { ProcessIdentity } from "../../domain/worker.ts";
import { isAlive } from "../../machine/process-identity.ts";
import { describeExecutor, type WorkerBehaviour } from "../conformance/executor.conformance.ts";
import type { StartOrder, WorkerRef } from "../executor.ts";
import { DirectExecutor } from "./direct-executor.ts";

forbidProcessLeaks();

const programs: Record<WorkerBehaviour, string> = {
  exits_with_0: "exits-with-0.ts",
  exits_with_3: "exits-with-3.ts",
  leaves_when_asked: "waits-for-a-signal.ts",
  ignores_being_asked: "ignores-sigterm.ts",
  cannot_start: "is-not-there.ts",
};

describeExecutor("DirectExecutor", () => ({
  open: (behaviour) => new DirectExecutor({ entry: programAt(`workers/${programs[behaviour]}`) }),
  newOrder,
  untilSettled: async (order) => void (await heard(order, "ready")),
  startCanFail: true,
}));

describe("a direct worker at its start", () => {
  it("is the leader of a session of its own", async () => {
    const { worker } = await startDirect("waits-for-a-signal.ts");
    const { pid } = processOf(worker.ref);

    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [, , group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");

    expect([Number(group), Number(session)]).toEqual([pid, pid]);
  });

  it("reads its launch document, token included, from its lifeline alone", async () => {
    const { worker, order } = await startDirect("waits-for-a-signal.ts");
    const { pid } = processOf(worker.ref);

    const { launch } = await heard(order, "ready");

    expect(launch).toEqual(order.launch);
    for (const place of ["cmdline", "environ"]) {
      expect(readFileSync(`/proc/${pid}/${place}`, "utf8")).not.toContain(order.launch.launchToken);
    }
  });

  it("inherits our environment, the order's, and its own id above both", async () => {
    const { order } = await startDirect("waits-for-a-signal.ts", {
      env: { COLOUR: "blue", CLX_WORKER_ID: "someone-else" },
    });

    const { env } = await heard(order, "ready");

    expect(env).toMatchObject({
      PATH: process.env.PATH,
      COLOUR: "blue",
      WORKER_ID: order.launch.workerId,
      CLX_WORKER_ID: order.launch.workerId,
    });
  });

  it("has its heap limited by its memory limit", async () => {
    const { order } = await startDirect("waits-for-a-signal.ts", { memoryLimit: 300 * 1024 ** 2 });

    const { execArgv } = await heard(order, "ready");

    expect(execArgv).toContain("--max-old-space-size=300");
  });

  it("appends to its log, which only its owner may read", async () => {
    const order = newOrder();
    const fresh = await startDirect("exits-with-0.ts", order);
    await fresh.worker.exit;
    expect(statSync(order.logPath).mode & 0o777).toBe(0o600);
    writeFileSync(order.logPath, "what was there\n");

    await startDirect("waits-for-a-signal.ts", order);
    await heard(order, "ready");

    expect(readFileSync(order.logPath, "utf8")).toMatch(/^what was there\n\{/);
  });

  it("is refused with the reason when Node cannot be run", async () => {
    const program = join(newFolder(), "not-executable");
    writeFileSync(program, "");
    chmodSync(program, 0o600);
    const executor = new DirectExecutor({ program, entry: programAt("workers/exits-with-0.ts") });

    await expect(executor.start(newOrder())).rejects.toMatchObject({
      code: "worker_start_failed",
      message: expect.stringContaining("EACCES"),
    });
  });
});

describe("stopping a direct worker", () => {
  it("asks once, and kills who has not left in its time", async () => {
    const { worker, order } = await startDirect("ignores-sigterm.ts");
    await heard(order, "ready");
    const signals: string[] = [];

    await worker.stop({ graceMs: 100, onSignal: (signal) => signals.push(signal) });

    expect(signals).toEqual(["SIGTERM", "SIGKILL"]);
  });

  it("ends descendants that ignore SIGTERM, left the session, or lost their environment", async () => {
    const { executor, worker, order } = await startDirect("has-stubborn-descendants.ts");
    await heard(order, "ready");
    const before = await until(async () => {
      const usage = await executor.stats(worker.ref);
      return usage !== undefined && usage.processes >= 8 ? usage : undefined;
    });

    await worker.stop({ graceMs: 100 });

    expect(before.memory).toBeGreaterThan(0);
    await expect(executor.cleanup(worker.ref)).resolves.toBe(0);
  });

  it("ends what goes on forking into new sessions", async () => {
    const { executor, worker, order } = await startDirect("forks-without-end.ts");
    await heard(order, "ready");

    await worker.stop({ graceMs: 100 });

    await expect(executor.cleanup(worker.ref)).resolves.toBe(0);
  });

  it("ends what a worker that left by itself has left behind", async () => {
    const { executor, worker } = await startDirect("leaves-strays-behind.ts");
    await worker.exit;

    const exit = await worker.stop({ graceMs: 5_000 });

    expect(exit).toEqual({ kind: "exited", code: 0 });
    await expect(executor.cleanup(worker.ref)).resolves.toBe(0);
  });

  it("wakes a worker that is suspended, so that it can leave politely", async () => {
    const { worker, order } = await startDirect("waits-for-a-signal.ts");
    await heard(order, "ready");
    process.kill(processOf(worker.ref).pid, "SIGSTOP");

    const exit = await worker.stop({ graceMs: 20_000 });

    expect(exit).toEqual({ kind: "exited", code: 0 });
  });

  it("tells the signal that ended it", async () => {
    const { worker, order } = await startDirect("ignores-sigterm.ts");
    await heard(order, "ready");

    process.kill(processOf(worker.ref).pid, "SIGABRT");

    await expect(worker.exit).resolves.toEqual({ kind: "killed", signal: "SIGABRT" });
  });

  it("never signals a process that only has the same pid", async () => {
    const { worker, order } = await startDirect("waits-for-a-signal.ts");
    await heard(order, "ready");
    const process = { ...processOf(worker.ref), startedAt: "1" };
    const stranger: WorkerRef = { workerId: "an-earlier-worker", process };
    const executor = new DirectExecutor({ entry: programAt("workers/exits-with-0.ts") });

    const found = await executor.reattach(stranger);
    const ended = await executor.cleanup(stranger);

    expect([found, ended]).toEqual([undefined, 0]);
    expect(isAlive(processOf(worker.ref))).toBe(true);
  });
});

describe("cleaning up after a direct worker", () => {
  it("ends its strays, though another executor had started it", async () => {
    const { worker } = await startDirect("leaves-strays-behind.ts");
    await worker.exit;
    const other = new DirectExecutor({ entry: programAt("workers/exits-with-0.ts") });

    const ended = [await other.cleanup(worker.ref), await other.cleanup(worker.ref)];

    expect(ended).toEqual([2, 0]);
  });

  it("finds a worker whose process nobody came to write down", async () => {
    const { executor, worker, order } = await startDirect("waits-for-a-signal.ts");
    await heard(order, "ready");
    const other = new DirectExecutor({ entry: programAt("workers/exits-with-0.ts") });

    const ended = await other.cleanup({ workerId: order.launch.workerId });

    expect(ended).toBe(1);
    await expect(executor.isRunning(worker.ref)).resolves.toBe(false);
  });
});

describe("when the process that started it ends", () => {
  it("lives on after a SIGKILL, and is found and stopped by the next", async () => {
    const order = newOrder();
    const { supervisor, ref } = await startByAnother({ order, afterwards: "stays" });
    await heard(order, "ready");
    supervisor.kill("SIGKILL");
    await heard(order, "parent_gone");
    const executor = new DirectExecutor({ entry: programAt("workers/exits-with-0.ts") });

    const worker = await executor.reattach(ref);
    const exit = await worker?.stop({ graceMs: 20_000 });

    expect(exit).toMatchObject({ kind: "lost" });
    expect(isAlive(processOf(ref))).toBe(false);
    expect(readFileSync(order.logPath, "utf8")).toContain("sigterm");
  });

  it("does not keep it from leaving, and lives on", async () => {
    const order = newOrder();
    const { exited, ref } = await startByAnother({ order, afterwards: "leaves" });

    const [code] = await exited;

    expect(code).toBe(0);
    await heard(order, "parent_gone");
    expect(isAlive(processOf(ref))).toBe(true);
    await new DirectExecutor({ entry: "unused" }).cleanup(ref);
  });

  it("leaves too when its launch says so", async () => {
    const base = newOrder();
    const order = { ...base, launch: { ...base.launch, leaveWithParent: true } };
    const { supervisor, ref } = await startByAnother({ order, afterwards: "stays" });
    await heard(order, "ready");

    supervisor.kill("SIGKILL");

    await until(() => isAlive(processOf(ref)) === false);
  });
});

async function startByAnother(params: { order: StartOrder; afterwards: "stays" | "leaves" }) {
  const args = [
    programAt("supervisors/starts-a-worker.ts"),
    programAt("workers/waits-for-a-signal.ts"),
    JSON.stringify(params.order),
    params.afterwards,
  ];
  const supervisor = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void supervisor.kill("SIGKILL"));
  const exited = once(supervisor, "exit");
  const [line] = await once(createInterface(supervisor.stdout), "line");
  return { supervisor, exited, ref: JSON.parse(String(line)) as WorkerRef };
}

function processOf({ process }: WorkerRef): ProcessIdentity {
  if (process === undefined) throw new Error("the reference names no process");
  return process;
}
