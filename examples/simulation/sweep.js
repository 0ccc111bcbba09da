#!/usr/bin/env node
/**
 * Hands in a run for each of some rates of feed and kill, watches them, and prints how they went:
 *
 *     node examples/simulation/sweep.js --runs 20 --size 256 --steps 40000
 *
 * It needs a server (`clx serve`) whose workers have the type `simulation`. Start it again at any
 * time: runs of the same `--name` are not handed in twice.
 */
import { parseArgs } from "node:util";
import { connect } from "clx/client";

const { values: options } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:5000" },
    name: { type: "string", default: `sweep-${Date.now()}` },
    runs: { type: "string", default: "20" },
    size: { type: "string", default: "256" },
    steps: { type: "string", default: "40000" },
  },
});
const clx = connect({ url: options.url, key: process.env.CLX_KEY });

const tasks = await clx.submitMany(Array.from({ length: Number(options.runs) }, planRun));
console.log(`${tasks.length} runs of ${options.name}: ${options.url}/tasks?tag=${options.name}`);
const ends = await Promise.all(tasks.map(watch));
console.table(ends);
process.exitCode = ends.every(({ status }) => status === "completed") ? 0 : 1;

function planRun(_, number) {
  const feed = 0.02 + 0.008 * (number % 5);
  const kill = 0.055 + 0.003 * (Math.floor(number / 5) % 4);
  return {
    type: "simulation",
    title: `feed ${feed.toFixed(3)}, kill ${kill.toFixed(3)}`,
    tags: [options.name],
    key: `${options.name} ${number}`,
    payload: { size: Number(options.size), steps: Number(options.steps), feed, kill },
  };
}

/** To its end, also when the server is started again meanwhile. */
async function watch({ taskId, title }) {
  for await (const news of clx.follow(taskId)) {
    if (news.kind === "state") console.log(`${title}: ${news.status}, attempt ${news.attempt}`);
  }
  const { status, attempt, result, error } = await clx.get(taskId);
  const { resumedFrom, checksum } = result ?? {};
  return { run: title, status, attempt, resumedFrom, checksum, error: error?.message };
}
