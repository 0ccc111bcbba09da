import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { NewWorker, ProcessIdentity, Worker } from "../../src/domain/worker.ts";
import { identify } from "../../src/machine/process-identity.ts";
import type { TaskStore } from "../../src/store/task-store.ts";
import type { KeepPools } from "../programs/supervisors/keeps-pools.ts";

/** A process that does nothing for an hour, in a session of its own; ended with the test. */
export async function idleProcess(env: Record<string, string> = {}): Promise<{
  readonly child: ChildProcess;
  readonly identity: ProcessIdentity;
}> {
  const child = spawn("sleep", ["3600"], {
    detached: true,
    stdio: "ignore",
    env: { ...process.env, ...env },
  });
  await once(child, "spawn");
  onTestFinished(() => void child.kill("SIGKILL"));
  const identity = identify(child.pid ?? 0);
  if (identity === undefined) throw new Error("the process has ended already");
  return { child, identity };
}

/** Of a process that has run and is gone. */
export async function goneIdentity(): Promise<ProcessIdentity> {
  const { child, identity } = await idleProcess();
  child.kill("SIGKILL");
  await once(child, "exit");
  return identity;
}

export interface WorkerRowParams extends Partial<NewWorker> {
  readonly process?: ProcessIdentity;
}

/** A row as a supervisor and its worker leave it; activated when it has a process. */
export async function workerRow(store: TaskStore, params: WorkerRowParams = {}): Promise<Worker> {
  const { process, ...over } = params;
  const launchToken = randomUUID();
  const worker: NewWorker = {
    id: `direct-command-0-${randomUUID().slice(0, 8)}`,
    type: "command",
    queue: "default",
    mode: "direct",
    concurrency: 1,
    persistent: false,
    expectedMemory: 1,
    launchTokenHash: createHash("sha256").update(launchToken).digest("hex"),
    ...over,
  };
  const now = Date.now();
  const registered = await store.registerWorker({ worker, now });
  if (process === undefined) return registered;
  return store.activateWorker({ workerId: worker.id, launchToken, process, now, leaseMs: 10 });
}

const program = fileURLToPath(new URL("../programs/supervisors/keeps-pools.ts", import.meta.url));

/** A supervisor in a process of its own, settled; killed with the test. */
export async function supervisorProcess(wish: KeepPools): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, JSON.stringify(wish)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  if (said.toString().trim() !== "settled") throw new Error(`it said ${said}`);
  return child;
}
