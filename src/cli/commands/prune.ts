import { parseDuration } from "../../config/duration.ts";
import type { Pruned } from "../../store/task-store.ts";
import { defineCommand } from "../command.ts";
import { prunedJson } from "../present/json-shapes.ts";
import { UsageError } from "../usage-error.ts";

const batch = 500;

export const prune = defineCommand({
  name: "prune",
  usage: "prune [--tasks-older AGE] [--workers-older AGE] [--events-older AGE]",
  summary: "remove what ended long ago, for good",
  examples: [
    {
      wish: "keep a week of tasks and a month of events",
      line: "clx prune --tasks-older 7d --workers-older 1d --events-older 30d",
    },
  ],
  options: {
    "tasks-older": { type: "string", value: "AGE", help: "tasks that ended longer ago" },
    "workers-older": { type: "string", value: "AGE", help: "workers that ended longer ago" },
    "events-older": { type: "string", value: "AGE", help: "events that happened longer ago" },
  },
  async run({ openStore, terminal, clock }, { values }) {
    const now = clock();
    const before = (name: keyof typeof values) => {
      const age = values[name];
      return age === undefined ? 0 : now - parseDuration(age, `--${name}`);
    };
    const params = {
      tasksEndedBefore: before("tasks-older"),
      workersEndedBefore: before("workers-older"),
      eventsBefore: before("events-older"),
      limit: batch,
    };
    if (Object.keys(values).every((name) => !name.endsWith("-older"))) {
      throw new UsageError(
        "say what shall go: --tasks-older 7d, --workers-older 1d, --events-older 30d",
      );
    }
    const store = await openStore("read");
    let total: Pruned = { tasks: 0, workers: 0, events: 0 };
    for (;;) {
      const done = await store.prune(params);
      total = add(total, done);
      if (Math.max(done.tasks, done.workers, done.events) < batch) break;
    }
    if (terminal.json) terminal.printJson(prunedJson(total));
    else
      terminal.print(
        `removed ${total.tasks} tasks, ${total.workers} workers, ${total.events} events`,
      );
    return 0;
  },
});

function add(a: Pruned, b: Pruned): Pruned {
  return {
    tasks: a.tasks + b.tasks,
    workers: a.workers + b.workers,
    events: a.events + b.events,
  };
}
