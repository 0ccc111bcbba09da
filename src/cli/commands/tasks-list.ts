import { parseWhole } from "../../config/number.ts";
import type { Task } from "../../domain/task.ts";
import { taskStates } from "../../domain/task-state.ts";
import { ranFor } from "../../domain/task-words.ts";
import { defineCommand } from "../command.ts";
import { parseSeveralOf } from "../input/one-of.ts";
import { taskJson } from "../present/json-shapes.ts";
import { type Column, printTable } from "../present/table.ts";
import { remark, stateColour } from "../present/task-words.ts";
import { age } from "../present/time.ts";

const options = {
  status: {
    type: "string",
    multiple: true,
    value: "STATE",
    help: "only tasks in this state; several with commas",
  },
  type: { type: "string", help: "only tasks of this type" },
  queue: { type: "string", help: "only tasks of this queue" },
  session: { type: "string", value: "ID", help: "only tasks of this session" },
  worker: { type: "string", value: "ID", help: "only tasks this worker had last" },
  limit: { type: "string", value: "N", help: "at most so many (default: 50)" },
  after: { type: "string", value: "CURSOR", help: "the next page of an earlier list" },
} as const;

export const tasksList = defineCommand({
  name: "tasks list",
  usage: "tasks list [--status STATE] [--type TYPE] [options]",
  summary: "show tasks, newest first",
  examples: [
    { wish: "what failed or was cancelled", line: "clx tasks list --status failed,cancelled" },
    {
      wish: "the ids of all that wait, for a script",
      line: "clx tasks list --status pending --limit 1000 --json | jq -r '.tasks[].id'",
    },
  ],
  options,
  async run({ openStore, terminal, clock }, { values }) {
    const states = parseSeveralOf(values.status, "--status", taskStates);
    const limit = parseWhole(values.limit ?? "50", "--limit", { atLeast: 1 });
    const store = await openStore("read");
    const { items, next } = await store.listTasks({
      ...(states && { states }),
      ...(values.type !== undefined && { type: values.type }),
      ...(values.queue !== undefined && { queue: values.queue }),
      ...(values.session !== undefined && { sessionId: values.session }),
      ...(values.worker !== undefined && { workerId: values.worker }),
      ...(values.after !== undefined && { after: values.after }),
      limit,
    });
    if (terminal.json) {
      terminal.printJson({ tasks: items.map(taskJson), next: next ?? null });
      return 0;
    }
    if (items.length === 0) terminal.note("no such tasks");
    else printTable(terminal, columns(clock()), items);
    if (next !== undefined) terminal.note(`there are more: --after ${next}`);
    return 0;
  },
});

function columns(now: number): Column<Task>[] {
  return [
    { header: "ID", value: ({ id }) => id },
    { header: "STATE", value: ({ state }) => state, colour: stateColour },
    { header: "TYPE", value: ({ type }) => type, shrinkTo: 8, cut: "middle" },
    { header: "TRY", value: ({ attempt }) => String(attempt), align: "right" },
    { header: "AGE", value: ({ createdAt }) => age(createdAt, now), align: "right" },
    { header: "RAN", value: (task) => ranFor(task, now), align: "right" },
    { header: "WHAT", value: (task) => remark(task, now), shrinkTo: 10 },
  ];
}
