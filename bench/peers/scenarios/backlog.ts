import { setTimeout as pause } from "node:timers/promises";
import type { Performance, Scenario } from "../scenario.ts";
import { fill } from "../tasks.ts";
import { handledIn, waitUntil } from "../watch.ts";

export const backlog: Scenario = {
  id: "B1",
  title: "drain in front of a deep backlog",
  what: "drain at concurrency 10 in front of a deep backlog (a million, or what could be queued in 40 s), and of 5,000",
  kind: "drain",
  classes: ["D2"],
  settings: ["tuned"],
  main: { name: "tasks/s at depth", better: "more" },
  runs: 1,
  async play(given) {
    const { stage, options } = given;
    await fill(stage.queue, 5_000);
    const shallow = await speedOf(given, 4_500);
    const deadline = performance.now() + 40_000;
    const depth = (await fill(stage.queue, options.backlog, deadline)).size;
    const deep = await speedOf(given, depth - 1_000);
    return {
      values: {
        "tasks/s at 5,000": shallow,
        "tasks/s at depth": deep,
        "deep / shallow": deep / shallow,
        depth,
      },
      count: depth,
    };
  },
};

/** Of a worker process that works for some seconds and then leaves. */
async function speedOf({ stage, options }: Performance, most: number): Promise<number> {
  const before = handledIn(stage.folder);
  const workers = await stage.startWorkers({ processes: 1, concurrency: 10 });
  const limit = { withinMs: 60_000, what: "a worker begins", everyMs: 2 };
  await waitUntil(() => handledIn(stage.folder) > before, limit);
  const [begun, first] = [performance.now(), handledIn(stage.folder)];
  const deadline = begun + 1_000 * options.runSeconds;
  while (performance.now() < deadline && handledIn(stage.folder) - before < most) await pause(20);
  const speed = (handledIn(stage.folder) - first) / ((performance.now() - begun) / 1_000);
  await workers.stop();
  return speed;
}
