import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Queue } from "../peer.ts";
import type { Scenario } from "../scenario.ts";
import { newTask } from "../tasks.ts";
import { MarkReader, waitUntil } from "../watch.ts";

/** Enough for a new cluster of PostgreSQL, and for nothing much beyond. */
const megabytes = 128;

export const fullDisk: Scenario = {
  id: "C4",
  title: "a full disk",
  what: `tasks of 10 kB into a disk of ${megabytes} MB until it is full, then room again: are acknowledged tasks lost, does it go on by itself?`,
  kind: "recovery",
  classes: ["D2", "D1"],
  isSameInBothClasses: true,
  settings: ["tuned"],
  main: { name: "acknowledged and lost", better: "less" },
  runs: 1,
  waits: "short",
  smallDisk: { mount, unmount },
  async play({ stage }) {
    const acknowledged = new Set<string>();
    const ending = await fillDisk(stage.queue, acknowledged);
    execFileSync("mount", ["-o", `remount,size=${8 * megabytes}m`, stage.folder]);

    const goesOn = await acceptsWithin(10_000, stage.queue);
    const server = stage.broker();
    const died = server !== undefined && server.pids().length === 0;
    if (!goesOn) await server?.restart();
    if (!goesOn && !(await acceptsWithin(20_000, stage.queue))) {
      throw new Error("it accepts nothing, even with room and after a restart");
    }
    await stage.startWorkers({ processes: 1, concurrency: 10 });
    const marks = new MarkReader(stage.folder);
    const missing = () => {
      const started = new Set(marks.starts().map(({ taskId }) => taskId));
      return [...acknowledged].filter((id) => !started.has(id)).length;
    };
    const limit = { withinMs: 60_000, what: "all are taken", everyMs: 100 };
    await waitUntil(() => missing() === 0, limit).catch(() => undefined);
    return {
      values: {
        "acknowledged and lost": missing(),
        acknowledged: acknowledged.size,
        "goes on by itself": goesOn ? 1 : 0,
        "server died": died ? 1 : 0,
        "submitter is told": ending.isTold ? 1 : 0,
      },
      count: acknowledged.size,
      note: ending.text,
    };
  },
};

/** @throws Error when we may not mount */
function mount(folder: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "clx-bench", folder]);
}

function unmount(folder: string): void {
  execFileSync("umount", ["-l", folder]);
}

async function fillDisk(
  queue: Queue,
  acknowledged: Set<string>,
): Promise<{ isTold: boolean; text: string }> {
  for (let n = 0; n < 10_000; n++) {
    const tasks = Array.from({ length: 10 }, () =>
      newTask({ mark: true, body: randomBytes(7_500).toString("base64") }),
    );
    const ending = await endOf(queue.addMany(tasks), 5_000);
    if (ending !== undefined) return ending;
    for (const { payload } of tasks) acknowledged.add(payload.id);
  }
  return { isTold: false, text: "the disk never seemed full" };
}

async function acceptsWithin(ms: number, queue: Queue): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (performance.now() < deadline) {
    if ((await endOf(queue.add(newTask({ mark: true })), 2_000)) === undefined) return true;
    await pause(200);
  }
  return false;
}

async function endOf(
  call: Promise<void>,
  withinMs: number,
): Promise<{ isTold: boolean; text: string } | undefined> {
  const limit = new AbortController();
  const late = pause(withinMs, undefined, { signal: limit.signal }).then(
    () => ({ isTold: false, text: `the call had no answer for ${withinMs / 1_000} s` }),
    () => undefined,
  );
  const ended = call.then(
    () => undefined,
    (error: unknown) => ({ isTold: true, text: `the submitter is told: ${firstLine(error)}` }),
  );
  const ending = await Promise.race([ended, late]);
  limit.abort();
  return ending;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (
    text
      .split("\n")[0]
      ?.replaceAll(/\/\S*\/clx-peers[^\s/]*/g, "…")
      .slice(0, 160) ?? ""
  );
}
