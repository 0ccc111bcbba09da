import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import {
  ApiError,
  type Client,
  connect,
  type Task,
  type Worker,
} from "../../src/client/connect.ts";
import { readMachine } from "../../src/machine/memory.ts";
import { memoryGuard } from "../../src/machine/memory-guard.ts";
import { freePort } from "../support/free-port.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { type ServedClx, ServerSite } from "../support/server.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

const example = (name: string) =>
  fileURLToPath(new URL(`../../examples/simulation/${name}`, import.meta.url));
const fromSource = new URL("../support/clx-itself-from-source.ts", import.meta.url).href;

it("twenty runs of the simulation all end, whatever happens to their workers and their server", async () => {
  const site = siteOfExample();
  const port = String(await freePort());
  const first = await site.serve("managed", { args: ["--port", port] });
  const clx = connect({ url: first.url });
  const long = await clx.submitMany(Array.from({ length: 4 }, () => longRun));
  const sweep = startSweep(first.url);

  expect(await addUntilRefused(clx)).toMatchObject({ code: "admission_refused", limit: "memory" });
  await fillUpTo(clx, 4);
  await until(() => allHaveCheckpoints(clx, long), { withinMs: 60_000 });
  const [killed, drained, aborted, kept] = (await clx.workers.list()).workers;

  await clx.workers.drain(nameOf(drained));
  await clx.workers.abort(nameOf(aborted), { tasks: "requeue" });
  process.kill(killed?.pid ?? 0, "SIGKILL");
  await killServer(first);
  const second = await site.serve("managed", { args: ["--port", port] });

  const adopted = await until(async () => {
    const now = await clx.workers.get(nameOf(kept));
    return now.connected ? now : undefined;
  });
  expect(adopted.pid).toBe(kept?.pid);
  const ends = await Promise.all(long.map(({ taskId }) => clx.wait(taskId)));
  expect(ends.map(({ status }) => status)).toEqual(Array(4).fill("completed"));
  const endOn = (worker?: Worker) => ends.find(({ taskId }) => taskId === worker?.tasks[0]);
  for (const worker of [drained, kept]) expect(resultOf(endOn(worker)).resumedFrom).toBe(0);
  for (const worker of [killed, aborted]) {
    expect(resultOf(endOn(worker)).resumedFrom).toBeGreaterThan(0);
  }
  // Bit by bit the same, interrupted or not.
  expect(new Set(ends.map((end) => resultOf(end).checksum)).size).toBe(1);

  expect(await sweep).toMatchObject({ code: 0 });
  expect(await second.get("/health")).toMatchObject({ queue: { completed: 20, failed: 0 } });
  expect((await second.stop()).code).toBe(0);
}, 180_000);

const longRun = {
  type: "simulation",
  priority: 1,
  payload: { size: 96, steps: 60_000, "checkpoint-every": 500 },
  retry: { maxAttempts: 3, backoffMs: 1 },
} as const;

/** The configuration of the example, but for a machine of any size: two of its workers fit. */
function siteOfExample(): ServerSite {
  const machine = readMachine();
  const expected = Math.floor((machine.memoryAvailable - memoryGuard(machine)) / 2.5);
  const config = readFileSync(example("config.toml"), "utf8")
    .replace('"examples/simulation/simulate.js"', JSON.stringify(example("simulate.js")))
    .replace('expected_memory = "8g"', `expected_memory = ${expected}`);
  return new ServerSite({ config });
}

/** The example's own program, which submits sixteen short runs and watches them to their end. */
async function startSweep(url: string): Promise<object> {
  const options = ["--url", url, "--runs", "16", "--size", "48", "--steps", "600"];
  const args = ["--import", fromSource, example("sweep.js"), ...options];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const closed = once(child, "close");
  const [output, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await closed;
  return { code, output, complaint };
}

async function addUntilRefused(clx: Client): Promise<ApiError["details"]> {
  for (;;) {
    try {
      await clx.workers.add();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { ...error.details, code: error.code };
    }
  }
}

async function fillUpTo(clx: Client, count: number): Promise<void> {
  while ((await clx.workers.list()).workers.length < count) await clx.workers.add({ force: true });
}

async function allHaveCheckpoints(clx: Client, tasks: readonly Task[]): Promise<boolean> {
  const now = await Promise.all(tasks.map(({ taskId }) => clx.get(taskId)));
  return now.every(({ progress }) => (progress?.fraction ?? 0) > 0.02);
}

async function killServer(served: ServedClx): Promise<void> {
  served.running.kill("SIGKILL");
  await served.running.end;
}

function nameOf(worker: Worker | undefined): string {
  if (worker === undefined) throw new Error("there are fewer workers than four");
  return worker.workerId;
}

function resultOf(task: Task | undefined) {
  return task?.result as { readonly resumedFrom: number; readonly checksum: string };
}
