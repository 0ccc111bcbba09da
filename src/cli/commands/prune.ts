import { parseDuration } from "../../config/duration.ts";
import { workFolders } from "../../config/work-folders.ts";
import { removeCheckpoint } from "../../machine/checkpoint-folder.ts";
import type { Pruned, PruneLimits, TaskStore } from "../../store/task-store.ts";
import { defineCommand } from "../command.ts";
import { counted } from "../present/counted.ts";
import { prunedJson } from "../present/json-shapes.ts";
import { UsageError } from "../usage-error.ts";

const batch = 500;

export const prune = defineCommand({
  name: "prune",
  usage: "prune [--tasks-older AGE] [--workers-older AGE] [--events-older AGE] [--dry-run]",
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
    "dry-run": { type: "boolean", help: "count what would be removed, and remove nothing" },
  },
  async run({ openStore, terminal, clock, database }, { values }) {
    const now = clock();
    const { "dry-run": dry = false, ...given } = values;
    const before = (name: `${"tasks" | "workers" | "events"}-older`) => {
      const age = given[name];
      return age === undefined ? 0 : now - parseDuration(age, `--${name}`);
    };
    const limits = {
      tasksEndedBefore: before("tasks-older"),
      workersEndedBefore: before("workers-older"),
      eventsBefore: before("events-older"),
    };
    if (Object.keys(given).every((name) => !name.endsWith("-older"))) {
      throw new UsageError(
        "say what shall go: --tasks-older 7d, --workers-older 1d, --events-older 30d",
      );
    }
    const store = await openStore("read");
    const { checkpointFolder } = workFolders(database.path);
    const pruned = dry
      ? await store.countPrunable(limits)
      : await pruneAll({ store, limits, checkpointFolder });
    const counts = `${counted(pruned.tasks, "task")}, ${counted(pruned.workers, "worker")}, ${counted(pruned.events, "event")}`;
    if (terminal.json) terminal.printJson({ dry_run: dry, ...prunedJson(pruned) });
    else terminal.print(dry ? `${counts} would be removed` : `removed ${counts}`);
    return 0;
  },
});

interface PruneAllParams {
  readonly store: TaskStore;
  readonly limits: PruneLimits;
  readonly checkpointFolder: string;
}

async function pruneAll({ store, limits, checkpointFolder }: PruneAllParams): Promise<Pruned> {
  let total: Pruned = { tasks: 0, workers: 0, events: 0 };
  for (;;) {
    const done = await store.prune({ ...limits, limit: batch });
    for (const id of done.taskIds) await removeCheckpoint(checkpointFolder, id);
    total = add(total, done);
    if (Math.max(done.tasks, done.workers, done.events) < batch) return total;
  }
}

function add(a: Pruned, b: Pruned): Pruned {
  return {
    tasks: a.tasks + b.tasks,
    workers: a.workers + b.workers,
    events: a.events + b.events,
  };
}
