import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import Docker from "dockerode";
import { openStore, startPool } from "../engine.ts";
import { monotonicMs } from "../measure/process-usage.ts";
import { median } from "../measure/statistics.ts";
import type { Row, RunSetting } from "../row.ts";
import { countIn, noopTask } from "../tasks.ts";

const { version } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { readonly version: string };

/** That of `clx docker build command`, unless another is named. */
const image = process.env.CLX_BENCH_IMAGE ?? `clx/command:${version}`;

type Mode = "direct" | "docker";

/** In turn, so that what else the machine does comes upon both. */
export const containerStart: Row = {
  id: "DS",
  what: "from the order to start a `command` worker until it is idle: in a container, and beside it as a process",
  runs: 1,
  async measure(run) {
    const samples: Record<Mode, number[]> = { docker: [], direct: [] };
    for (const mode of await modes()) {
      for (let start = 0; start < run.size(10, 3); start++)
        samples[mode].push(await startMs(run, mode));
    }
    return { values: beside(median(samples.docker), median(samples.direct)) };
  },
};

export const containerTasks: Row = {
  id: "DT",
  what: "`command` tasks that run `true`, 1 worker, concurrency 1, for each: in a container, and beside it as a process",
  runs: 1,
  async measure(run) {
    const each: Record<Mode, number> = { docker: Number.NaN, direct: Number.NaN };
    for (const mode of await modes()) each[mode] = await eachMs(run, mode);
    return { values: beside(each.docker, each.direct) };
  },
};

function beside(docker: number, direct: number) {
  return { "docker ms": docker, "direct ms": direct, "docker / direct": docker / direct };
}

/** Without an engine and its image there is nothing to compare with. */
async function modes(): Promise<readonly Mode[]> {
  try {
    await new Docker().getImage(image).inspect();
    return ["direct", "docker"];
  } catch (error) {
    const why = (error as Error).message.trim();
    console.error(
      `*** NOTHING MEASURED IN CONTAINERS: ${why}; build ${image} (clx docker build command), or name another in CLX_BENCH_IMAGE ***`,
    );
    return ["direct"];
  }
}

async function startMs(run: RunSetting, mode: Mode): Promise<number> {
  const ordered = monotonicMs();
  const pool = await startPool({ ...run, ...poolOf(mode) });
  await pool.ready();
  const tookMs = monotonicMs() - ordered;
  await pool.stop();
  return tookMs;
}

async function eachMs(run: RunSetting, mode: Mode): Promise<number> {
  const count = run.size(500, 50);
  const store = await openStore(run.folder, run.options);
  const pool = await startPool({ ...run, ...poolOf(mode) });
  await pool.ready();
  const before = await countIn(store, "completed");
  const payload = { argv: ["true"], cwd: run.folder };
  const tasks = Array.from({ length: count }, () => noopTask({ type: "command", payload }));
  const start = monotonicMs();
  await store.submit({ tasks, now: Date.now() });
  while ((await countIn(store, "pending", "running")) > 0) await pause(20);
  const tookMs = monotonicMs() - start;
  await pool.stop();
  const completed = (await countIn(store, "completed")) - before;
  await store.close();
  if (completed !== count) throw new Error(`${completed} of ${count} tasks are completed`);
  return tookMs / count;
}

function poolOf(mode: Mode) {
  const pool = { handler: "command", workers: 1, concurrency: 1, mode } as const;
  return mode === "docker" ? { ...pool, image } : pool;
}
