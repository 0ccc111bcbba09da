import { parseWhole } from "../../config/number.ts";
import { type FailureKind, failureKinds } from "../../domain/failure.ts";
import type { Task } from "../../domain/task.ts";
import { taskStates } from "../../domain/task-state.ts";
import { ranFor } from "../../domain/task-words.ts";
import type { TaskFilter } from "../../store/task-store.ts";
import { defineCommand, type Given } from "../command.ts";
import { parseOneOf, parseSeveralOf } from "../input/one-of.ts";
import { parsePastTime } from "../input/past-time.ts";
import { taskJson } from "../present/json-shapes.ts";
import { type Column, printTable } from "../present/table.ts";
import { remark, stateColour } from "../present/task-words.ts";
import { tellOfTheDead } from "../present/tell-of-the-dead.ts";
import { age } from "../present/time.ts";

const failureKindNames = Object.keys(failureKinds) as FailureKind[];
const orders = ["newest", "oldest", "ended"] as const;

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
  tag: { type: "string", value: "WORD", help: "only tasks with this tag" },
  text: {
    type: "string",
    value: "TEXT",
    help: "only tasks with this in id, title, tags, payload or the cause of failure",
  },
  "failed-of": {
    type: "string",
    value: "KIND",
    help: "only tasks that failed of this, such as timed_out",
  },
  since: {
    type: "string",
    value: "TIME",
    help: "only tasks submitted since: 2h, 2026-03-01T08:00",
  },
  until: { type: "string", value: "TIME", help: "only tasks submitted before" },
  order: {
    type: "string",
    value: orders.join("|"),
    help: "newest or oldest first, or those that ended last (default: newest)",
  },
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
      wish: "what ran into its time limit within the last day",
      line: "clx tasks list --failed-of timed_out --since 24h",
    },
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
    const { items, next, lookedThrough } = await store.listTasks({
      ...filterOf(values, clock()),
      ...(states && { states }),
      ...(values.order !== undefined && { order: parseOneOf(values.order, "--order", orders) }),
      ...(values.after !== undefined && { after: values.after }),
      limit,
    });
    if (terminal.json) {
      const looked_through = lookedThrough ?? null;
      terminal.printJson({ tasks: items.map(taskJson), next: next ?? null, looked_through });
      return 0;
    }
    if (items.length === 0) terminal.note("no such tasks");
    else printTable(terminal, columns(clock()), items);
    if (lookedThrough !== undefined) {
      terminal.note(`${lookedThrough} tasks were looked through; to go on: --after ${next}`);
    } else if (next !== undefined) terminal.note(`there are more: --after ${next}`);
    await tellOfTheDead(terminal, store);
    return 0;
  },
});

function filterOf(values: Given<typeof options>["values"], now: number): TaskFilter {
  const kind = values["failed-of"];
  const { since, until } = values;
  return {
    ...(values.type !== undefined && { type: values.type }),
    ...(values.queue !== undefined && { queue: values.queue }),
    ...(values.session !== undefined && { sessionId: values.session }),
    ...(values.worker !== undefined && { workerId: values.worker }),
    ...(values.tag !== undefined && { tag: values.tag }),
    ...(values.text !== undefined && { text: values.text }),
    ...(kind !== undefined && { failureKind: parseOneOf(kind, "--failed-of", failureKindNames) }),
    ...(since !== undefined && { createdAfter: parsePastTime(since, "--since", now) - 1 }),
    ...(until !== undefined && { createdBefore: parsePastTime(until, "--until", now) }),
  };
}

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
