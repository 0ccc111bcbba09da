import { parseWhole } from "../../config/number.ts";
import { eventTypes, type LoggedEvent } from "../../domain/event.ts";
import { changes } from "../../library/changes.ts";
import { lastCursor } from "../../library/last-cursor.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { defineCommand } from "../command.ts";
import { findTask, findWorker } from "../find-by-prefix.ts";
import { parseSeveralOf } from "../input/one-of.ts";
import { eventLine } from "../present/event-line.ts";
import { eventJson } from "../present/json-shapes.ts";
import { stopAsAbort } from "../stop-signals.ts";

const pageSize = 500;

type Filter = Omit<Parameters<TaskStore["listEvents"]>[0], "after" | "limit">;

export const events = defineCommand({
  name: "events",
  usage: "events [--follow] [--after N] [--tail N] [--type TYPE] [--task ID] [--worker ID]",
  summary: "print the log of what happened to tasks, workers and pools, oldest first",
  examples: [
    { wish: "see what happens, as it happens", line: "clx events --follow --tail 20" },
    { wish: "why workers ended", line: "clx events --type worker_failed,worker_stopped" },
    {
      wish: "read on behind the last event that a script has seen",
      line: "clx events --after 1042 --json",
    },
  ],
  details: "Each event has a cursor; --after begins behind it, so that nothing is read twice.",
  options: {
    follow: { type: "boolean", help: "go on until interrupted" },
    after: { type: "string", value: "N", help: "begin behind the event with this cursor" },
    tail: { type: "string", value: "N", help: "begin with the last N events" },
    type: { type: "string", multiple: true, value: "TYPE", help: "only such events" },
    task: { type: "string", value: "ID", help: "only events of this task" },
    worker: { type: "string", value: "ID", help: "only events of this worker" },
  },
  async run({ openStore, terminal }, { values }) {
    const types = parseSeveralOf(values.type, "--type", eventTypes);
    const given = parseWhole(values.after ?? "0", "--after", { atLeast: 0 });
    const tail = values.tail && parseWhole(values.tail, "--tail", { atLeast: 0 });
    const store = await openStore("read");
    const after =
      typeof tail === "number" ? Math.max(given, (await lastCursor(store)) - tail) : given;
    const filter: Filter = {
      ...(types && { types }),
      ...(values.task !== undefined && { taskId: (await findTask(store, values.task)).id }),
      ...(values.worker !== undefined && { workerId: (await findWorker(store, values.worker)).id }),
    };
    const show = (event: LoggedEvent) => {
      if (terminal.json) terminal.printJson(eventJson(event));
      else terminal.print(terminal.harmless(eventLine(event)));
    };
    const cursor = await printFrom(store, { filter, after, show });
    if (!values.follow) return 0;
    return await follow(store, { filter, after: cursor, show });
  },
});

interface Reading {
  readonly filter: Filter;
  readonly after: number;
  readonly show: (event: LoggedEvent) => void;
}

/** Prints all that there is; answers with the cursor of the last. */
async function printFrom(store: TaskStore, { filter, after, show }: Reading): Promise<number> {
  let cursor = after;
  for (;;) {
    const page = await store.listEvents({ ...filter, after: cursor, limit: pageSize });
    for (const event of page) show(event);
    cursor = page.at(-1)?.cursor ?? cursor;
    if (page.length < pageSize) return cursor;
  }
}

async function follow(store: TaskStore, reading: Reading): Promise<number> {
  const stop = stopAsAbort();
  let after = reading.after;
  try {
    for await (const _ of changes(store, stop.signal)) {
      after = await printFrom(store, { ...reading, after });
    }
    return 130;
  } finally {
    stop.close();
  }
}
