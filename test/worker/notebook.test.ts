import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { submit, type TaskStore, WorkerConfig, WorkerPoolManager } from "../../src/index.ts";
import { identify } from "../../src/machine/process-identity.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

it("publishes in a worker process, which leaves no kernel behind", async () => {
  const { store, manager, folder } = await openPool();
  writeFileSync(join(folder, "x.py"), "# %%\nprint(6 * 7)");

  const { id } = await submit(store, { type: "notebook", payload: payloadIn(folder) });
  const task = await untilEnded(store, id);
  await manager.stopPools();

  expect(task).toMatchObject({ state: "completed", attempt: 1, result: { executed: "kernel" } });
  expect(readFileSync(join(folder, "x.html"), "utf8")).toContain('<pre class="stdout">42</pre>');
});

it("fails a task for good by an author's mistake, with the place", async () => {
  const { store, manager, folder } = await openPool();
  writeFileSync(join(folder, "x.py"), "# %%\nx = 1\nprint(y)");

  const { id } = await submit(store, { type: "notebook", payload: payloadIn(folder) });
  const task = await untilEnded(store, id);
  await manager.stopPools();

  expect(task).toMatchObject({
    ...{ state: "failed", attempt: 1 },
    failure: {
      kind: "user_error",
      message: expect.stringMatching(/^x\.py, line 3, cell 1: NameError: name 'y' is not defined/),
    },
  });
  expect(existsSync(join(folder, "x.html"))).toBe(false);
});

it("tries again when a kernel dies in a cell", async () => {
  const { store, manager, folder } = await openPool();
  const mark = JSON.stringify(join(folder, "died"));
  const cell = `import os, signal
if not os.path.exists(${mark}):
    open(${mark}, "w").close()
    os.kill(os.getpid(), signal.SIGKILL)
print("alive")`;
  writeFileSync(join(folder, "x.py"), `# %%\n${cell}`);

  const { id } = await submit(store, {
    ...{ type: "notebook", payload: payloadIn(folder) },
    retry: { backoffMs: 1 },
  });
  const task = await untilEnded(store, id);
  await manager.stopPools();

  expect(task).toMatchObject({ state: "completed", attempt: 2 });
});

it("ends the kernel of a worker that is killed in a cell, and does the task again", async () => {
  const { store, manager, folder } = await openPool();
  const place = (name: string) => JSON.stringify(join(folder, name));
  const cell = `import os, time
open(${place("pid.draft")}, "w").write(str(os.getpid()))
os.replace(${place("pid.draft")}, ${place("pid")})
while not os.path.exists(${place("go")}):
    time.sleep(0.02)
print("done")`;
  writeFileSync(join(folder, "x.py"), `# %%\n${cell}`);
  const { id } = await submit(store, {
    ...{ type: "notebook", payload: payloadIn(folder) },
    retry: { backoffMs: 1 },
  });
  const kernel: number = await until(() => pidIn(join(folder, "pid")));
  const { workerId } = (await store.findTask(id)) ?? {};
  const worker = (await store.findWorker(workerId ?? ""))?.process?.pid ?? 0;

  process.kill(worker, "SIGKILL");
  writeFileSync(join(folder, "go"), "");
  const task = await untilEnded(store, id);
  const kernelAfter = identify(kernel);
  const left = readdirSync(tmpdir()).filter((name) => name.includes(`-${worker}-`));
  await manager.stopPools();

  expect(task).toMatchObject({ state: "completed", attempt: 2 });
  expect(kernelAfter).toBeUndefined();
  expect(left.filter((name) => name.startsWith("clx-kernel-"))).toEqual([]);
});

function payloadIn(folder: string) {
  const outputs = [{ path: join(folder, "x.html") }];
  return { source: join(folder, "x.py"), outputs, kernel: "python3" };
}

function pidIn(file: string): number {
  return existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
}

async function openPool() {
  const folder = mkdtempSync(join(tmpdir(), "clx-notebook-"));
  const manager = new WorkerPoolManager({
    dbPath: join(folder, "clx.db"),
    workspacePath: folder,
    workerConfigs: [new WorkerConfig({ workerType: "notebook" })],
  });
  onTestFinished(async () => {
    await manager.stopPools();
    rmSync(folder, { recursive: true, force: true });
  });
  await manager.startPools();
  return { folder, manager, store: await manager.store() };
}

function untilEnded(store: TaskStore, id: string) {
  return until(async () => {
    const task = await store.findTask(id);
    return task?.state === "completed" || task?.state === "failed" ? task : undefined;
  });
}
