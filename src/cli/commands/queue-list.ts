import { isHeldBy, pauseWords, resumeCommand } from "../../domain/pause.ts";
import { openTaskStates } from "../../domain/task-state.ts";
import { defineCommand } from "../command.ts";
import { pauseJson } from "../present/json-shapes.ts";
import { type Column, printTable } from "../present/table.ts";
import { age } from "../present/time.ts";
import { type QueueRow, queuesOf } from "../queue/queues-of.ts";

export const queueList = defineCommand({
  name: "queue list",
  usage: "queue list",
  summary: "show how many tasks wait and run in each queue, and what is held back",
  examples: [{ wish: "what is held back, by whom and why", line: "clx queue list" }],
  options: {},
  async run({ openStore, terminal, clock }) {
    const store = await openStore("read");
    const counts = await store.countTasks({ states: openTaskStates });
    const pauses = await store.listPauses();
    const queues = queuesOf(counts).map((queue) => ({
      ...queue,
      paused: pauses.some((pause) => isHeldBy(queue, pause)),
    }));
    if (terminal.json) {
      terminal.printJson({ queues: queues.map(queueJson), pauses: pauses.map(pauseJson) });
      return 0;
    }
    if (queues.length === 0) terminal.note("no open tasks");
    else printTable(terminal, columns(clock()), queues);
    for (const pause of pauses) {
      terminal.print(terminal.harmless(`${pauseWords(pause)}; to go on: ${resumeCommand(pause)}`));
    }
    return 0;
  },
});

interface SeenQueue extends QueueRow {
  readonly paused: boolean;
}

function queueJson({ type, queue, blocked, pending, running, oldest, paused }: SeenQueue) {
  const oldest_at = new Date(oldest).toISOString();
  return { type, queue, blocked, pending, running, oldest_at, paused };
}

function columns(now: number): Column<SeenQueue>[] {
  return [
    { header: "QUEUE", value: ({ queue }) => queue, shrinkTo: 8, cut: "middle" },
    { header: "TYPE", value: ({ type }) => type, shrinkTo: 8, cut: "middle" },
    { header: "BLOCKED", value: ({ blocked }) => String(blocked), align: "right" },
    { header: "PENDING", value: ({ pending }) => String(pending), align: "right" },
    { header: "RUNNING", value: ({ running }) => String(running), align: "right" },
    { header: "OLDEST", value: ({ oldest }) => age(oldest, now), align: "right" },
    {
      header: "GOES ON",
      value: ({ paused }) => (paused ? "held back" : "yes"),
      colour: ({ paused }) => (paused ? "yellow" : undefined),
    },
  ];
}
