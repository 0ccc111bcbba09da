import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { ClxError } from "../domain/errors.ts";
import { liveWorkerStates } from "../domain/worker-state.ts";
import { ScriptedExecutor } from "../executor/scripted/scripted-executor.ts";
import { openSqliteStore } from "../store/sqlite/open-sqlite-store.ts";
import { OwnWorkerExecutor, type OwnWorkerExecutorParams } from "./own-worker-executor.ts";
import { workerApiFor } from "./worker-api-for.ts";
import { WorkerConfig } from "./worker-config.ts";

class PlayedWorkerExecutor extends OwnWorkerExecutor {
  override readonly executionMode = "direct";
}

/** As Docker is when its daemon has gone for good. */
class LostExecutor extends ScriptedExecutor {
  override async cleanup(): Promise<number> {
    throw new ClxError("docker_unavailable", "the engine is gone");
  }
}

function begin(params: Partial<OwnWorkerExecutorParams> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "clx-own-"));
  const dbPath = join(folder, "clx.db");
  const scripted = new ScriptedExecutor();
  const workers = new PlayedWorkerExecutor({ dbPath, executor: scripted, ...params });
  onTestFinished(async () => {
    await workers.cleanup().catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, dbPath, scripted, workers };
}

const config = new WorkerConfig({ workerType: "command" });

async function liveIn(path: string) {
  const store = await openSqliteStore({ path });
  try {
    return await store.listWorkers({ states: liveWorkerStates });
  } finally {
    await store.close();
  }
}

it("a worker that gets no link leaves no row that seems to live", async () => {
  const { dbPath, workers } = begin({
    workerApi: (store) => workerApiFor(dbPath, { run: "one" })(store),
  });
  writeFileSync(`${dbPath}-workers`, "in the way");

  await expect(workers.startWorker(config)).rejects.toThrow();

  await expect(liveIn(dbPath)).resolves.toEqual([]);
});

it("what goes wrong at the end of a worker is told to whoever stops it, and to nobody else", async () => {
  const executor = new LostExecutor();
  const { workers } = begin({ executor });
  const unheard: unknown[] = [];
  const hear = (error: unknown) => void unheard.push(error);
  process.on("unhandledRejection", hear);
  onTestFinished(() => void process.off("unhandledRejection", hear));
  const id = await workers.startWorker(config);

  executor.crash(id);
  await setImmediate();
  await setImmediate();

  expect(unheard).toEqual([]);

  await expect(workers.stopWorker(id)).rejects.toMatchObject({ code: "docker_unavailable" });
});

it("lets go of everything, though a worker could not be ended", async () => {
  let isClosed = false;
  const executor = new LostExecutor();
  executor.close = async () => {
    isClosed = true;
  };
  const { workers } = begin({ executor });
  executor.crash(await workers.startWorker(config));

  await expect(workers.cleanup()).rejects.toMatchObject({ code: "docker_unavailable" });

  expect(isClosed).toBe(true);
});
