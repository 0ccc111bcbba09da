import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { FakeModel } from "../../test/support/agent/fake-model.ts";
import { openStore, startPool } from "../engine.ts";
import { monotonicMs, residentMegabytesOf } from "../measure/process-usage.ts";
import { percentile } from "../measure/statistics.ts";
import type { Row, RunSetting } from "../row.ts";
import { countIn, noopTask } from "../tasks.ts";

/** A folder with the SDK in its `node_modules`; too large to be a dependency. */
const sdkFolder = process.env.CLX_TEST_AGENT_SDK ?? "";
const hasSdk = existsSync(join(sdkFolder, "node_modules/@anthropic-ai/claude-agent-sdk"));

/** One task after the other: what the first question to the model waits for, and what that takes. */
const start: Row = {
  id: "AG1",
  what: "`agent` tasks of one answer, one after the other (Claude's SDK, a model on loopback): time and memory",
  runs: 1,
  async measure(run) {
    const { model, store, pool, submit } = await open(run, 1);
    const [worker = 0] = await pool.ready();
    const asked: number[] = [];
    const ended: number[] = [];
    let agentMegabytes = 0;
    for (let nth = 1; nth <= run.size(20, 3); nth++) {
      const at = monotonicMs();
      model.follow(() => {
        asked.push(monotonicMs() - at);
        agentMegabytes = Math.max(agentMegabytes, memoryOfAgents());
        return { say: "done" };
      });
      await submit(1);
      while ((await countIn(store, "completed")) < nth) await pause(2);
      ended.push(monotonicMs() - at);
    }
    const workerMegabytes = residentMegabytesOf(worker);
    await pool.stop();
    await store.close();
    await model.close();
    return {
      values: {
        "asks after p50 ms": percentile(asked, 0.5),
        "ends after p50 ms": percentile(ended, 0.5),
        "agent MB": agentMegabytes,
        "worker MB": workerMegabytes,
      },
    };
  },
};

const rateWith = (id: string, workers: number): Row => ({
  id,
  what: `\`agent\` tasks that write a file and say so, ${workers} ${workers === 1 ? "worker" : "workers"} (Claude's SDK, a model on loopback)`,
  runs: 1,
  async measure(run) {
    const { model, store, pool, submit } = await open(run, workers);
    const count = run.size(40, 8);
    model.follow(({ body }) => {
      const answered = (body.messages ?? []).some(({ role }) => role === "assistant");
      const input = { file_path: join(run.folder, "written.txt"), content: "x" };
      return answered ? { say: "done" } : { use: "Write", input };
    });
    await pool.ready();
    const began = monotonicMs();
    await submit(count);
    while ((await countIn(store, "pending", "running")) > 0) await pause(10);
    const minutes = (monotonicMs() - began) / 60_000;
    const completed = await countIn(store, "completed");
    await pool.stop();
    await store.close();
    await model.close();
    if (completed !== count) throw new Error(`${completed} of ${count} tasks are completed`);
    return { values: { "tasks/min": count / minutes } };
  },
});

async function open(run: RunSetting, workers: number) {
  const model = await FakeModel.open();
  const store = await openStore(run.folder, run.options);
  const claude = {
    runner: "sdk",
    sdkFolder,
    permission: "acceptEdits",
    model: "claude-sonnet-5",
    env: { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: "not-a-key" },
  };
  const pool = await startPool({
    ...run,
    ...{ handler: "agent", workers, concurrency: 1, settings: { agents: { claude } } },
  });
  const submit = async (count: number) => {
    const payload = { instruction: "work", context: { workingDirectory: run.folder } };
    const tasks = Array.from({ length: count }, () => noopTask({ type: "agent", payload }));
    await store.submit({ tasks, now: Date.now() });
  };
  return { model, store, pool, submit };
}

/** Of all of its processes; what they share with each other counts for each. */
function memoryOfAgents(): number {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.reduce((sum, pid) => sum + memoryIfAgent(pid), 0);
}

function memoryIfAgent(pid: string): number {
  try {
    const isAgent = readFileSync(`/proc/${pid}/environ`, "utf8").includes("CLX_TASK_MARK=");
    return isAgent ? residentMegabytesOf(Number(pid)) : 0;
  } catch {
    return 0;
  }
}

function skipped(): readonly Row[] {
  console.error(
    "AG1, AG2, AG3: skipped, because there is no agent SDK; install @anthropic-ai/claude-agent-sdk in a folder, and name it in CLX_TEST_AGENT_SDK",
  );
  return [];
}

export const agentRows: readonly Row[] = hasSdk
  ? [start, rateWith("AG2", 1), rateWith("AG3", 4)]
  : skipped();
