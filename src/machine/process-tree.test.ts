import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished } from "vitest";
import { programAt } from "../../test/support/direct-workers.ts";
import { forbidProcessLeaks } from "../../test/support/process-leaks.ts";
import { until } from "../../test/support/until.ts";
import type { ProcessIdentity } from "../domain/worker.ts";
import { identify, isAlive, ownIdentity } from "./process-identity.ts";
import { followProcess, followTree } from "./process-tree.ts";

forbidProcessLeaks();

describe("a process tree", () => {
  it("measures all of its processes", async () => {
    const { root } = await startShell("sleep 600 & sleep 600 & echo ready; wait");
    const tree = followTree({ root });

    const usage = tree.sample();

    expect(usage.processes).toBe(3);
    expect(usage.memory).toBeGreaterThan(1_000_000);
    expect(usage.memory).toBeLessThan(100_000_000);
  });

  it("is one process where no more is asked for", async () => {
    const { root } = await startShell("sleep 600 & echo ready; wait");

    const usage = followProcess(root).sample();

    expect(usage.processes).toBe(1);
    expect(usage.memory).toBeGreaterThan(100_000);
  });

  it("measures processor time in per cent of one core", async () => {
    const { root } = await startShell("echo ready; while :; do :; done");
    const tree = followTree({ root });
    tree.sample();

    // How much it gets depends on what else runs here; a busy loop gets something.
    const percent = await until(() => {
      const { cpuPercent } = tree.sample();
      return cpuPercent !== undefined && cpuPercent > 1 ? cpuPercent : undefined;
    });

    expect(percent).toBeLessThan(400);
  });

  it("is empty once all have ended", async () => {
    const { root, child } = await startShell("echo ready; exec sleep 600");
    const tree = followTree({ root });
    await killAndWait(child);

    expect(tree.sample()).toEqual({ memory: 0, cpuPercent: 0, processes: 0 });
    await expect(tree.end({ graceMs: 0 })).resolves.toEqual({ ended: 0, left: [] });
  });

  it("knows members again that were re-parented and have lost session and mark", async () => {
    const { root, child } = await startShell("env -i setsid sleep 600 & echo ready; wait");
    const tree = followTree({ root });
    await until(() => tree.sample().processes === 2);
    await killAndWait(child);

    await expect(tree.end({ graceMs: 0 })).resolves.toEqual({ ended: 1, left: [] });
  });

  it("finds by its mark who has left the session and lost its parent", async () => {
    const mark = "CLX_WORKER_ID=tree-test-marked";
    const { root, child } = await startShell("(setsid sleep 600 &) ; echo ready; exec sleep 600", {
      env: { CLX_WORKER_ID: "tree-test-marked" },
    });
    await killAndWait(child);

    const { ended } = await followTree({ root, mark }).end({ graceMs: 0 });

    expect(ended).toBe(1);
  });

  it("lets those end by themselves that do so in time", async () => {
    const { root, said } = await startShell(
      "trap 'echo polite; exit 0' TERM; echo ready; while :; do sleep 0.05; done",
    );

    await followTree({ root }).end({ graceMs: 20_000 });

    await until(() => said.includes("polite"));
  });

  it("wakes suspended members so that they see the polite signal", async () => {
    const { root, said } = await startShell(
      "trap 'echo polite; exit 0' TERM; echo ready; while :; do sleep 0.05; done",
    );
    process.kill(root.pid, "SIGSTOP");

    await followTree({ root }).end({ graceMs: 20_000 });

    await until(() => said.includes("polite"));
  });

  it("ends all but its root when that is to be kept", async () => {
    const { root } = await startShell("sleep 600 & sleep 600 & echo ready; wait; exec sleep 600");

    const { ended } = await followTree({ root }).end({ graceMs: 0, keepRoot: true });

    // Its root may start another meanwhile, which is then ended too.
    expect(ended).toBeGreaterThanOrEqual(2);
    expect(isAlive(root)).toBe(true);
  });

  it("spares the session of a root that does not lead it", async () => {
    const { root: shell, said } = await startShell(
      "sleep 600 & echo $!; echo ready; wait; exec sleep 600",
    );
    const root = identify(Number(said[0])) as ProcessIdentity;

    const { ended } = await followTree({ root }).end({ graceMs: 0 });

    expect(ended).toBe(1);
    expect(isAlive(shell)).toBe(true);
  });

  it("spares whom a shell has put into the root's group beside it", async () => {
    const { said } = await startShell(
      `exec bash -c 'set -m; {
         sh -c "sleep 600 & echo writer \\$\\$ >&3; wait" |
         sh -c "echo reader \\$\\$ >&3; cat; exec sleep 600"
       } 3>&1'`,
      { until: (lines) => lines.length === 2 },
    );
    const writer = identify(pidIn(said, "writer")) as ProcessIdentity;
    const reader = identify(pidIn(said, "reader")) as ProcessIdentity;
    const tree = followTree({ root: writer });

    const { processes } = tree.sample();
    const { ended } = await tree.end({ graceMs: 0 });

    expect(processes).toBe(2);
    expect(ended).toBe(2);
    expect(isAlive(writer)).toBe(false);
    expect(isAlive(reader)).toBe(true);
  });

  it("can be our own, which is then left alone while its children are ended", async () => {
    const { root } = await startShell("echo ready; exec sleep 600");

    await followTree({ root: ownIdentity() }).end({ graceMs: 0, keepRoot: true });

    expect(isAlive(root)).toBe(false);
  });

  it("may hold the process that ends it, which then goes last", async () => {
    const child = spawn(process.execPath, [programAt("trees/ends-its-own-tree.ts")], {
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const exit = once(child, "exit");
    const [line] = await once(createInterface(child.stdout), "line");

    await expect(exit).resolves.toEqual([null, "SIGKILL"]);
    expect(identify(Number(line))).toBeUndefined();
  });
});

interface StartedShell {
  readonly root: ProcessIdentity;
  readonly child: ChildProcess;
  /** The lines that it has written so far. */
  readonly said: readonly string[];
}

interface ShellParams {
  readonly env?: Record<string, string>;
  readonly until?: (said: readonly string[]) => boolean;
}

/** Resolves once the script has said "ready", or what else is waited for. */
async function startShell(script: string, params: ShellParams = {}): Promise<StartedShell> {
  const isReady = params.until ?? ((said) => said.includes("ready"));
  const child = spawn("sh", ["-c", script], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...params.env },
  });
  const root = identify(Number(child.pid));
  if (root === undefined) throw new Error("the shell did not start");
  onTestFinished(async () => void (await followTree({ root }).end({ graceMs: 0 })));
  const said: string[] = [];
  createInterface(child.stdout).on("line", (line) => said.push(line));
  await until(() => isReady(said));
  return { root, child, said };
}

function pidIn(said: readonly string[], word: string): number {
  return Number(said.find((line) => line.startsWith(word))?.split(" ")[1]);
}

async function killAndWait(child: ChildProcess): Promise<void> {
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}
