import { lookUp } from "../../config/config.ts";
import { parseDuration } from "../../config/duration.ts";
import { parseWhole } from "../../config/number.ts";
import { resolveTaskTimeout } from "../../config/pool-settings.ts";
import { parseSize } from "../../config/size.ts";
import { newId } from "../../domain/ids.ts";
import type { NewTask } from "../../domain/task.ts";
import type { Submitted, TaskStore } from "../../store/task-store.ts";
import { type CommandContext, defineCommand, type Given } from "../command.ts";
import { configOptions } from "../config-options.ts";
import { dryRunOption } from "../dry-run.ts";
import { findTask } from "../find-by-prefix.ts";
import { parseOneOf } from "../input/one-of.ts";
import { parsePointInTime } from "../input/point-in-time.ts";
import { counted } from "../present/counted.ts";
import { taskJson } from "../present/json-shapes.ts";
import { notePauses } from "../queue/note-pauses.ts";
import type { Attendance } from "../tasks/attend-task.ts";
import { labelOptions, labelsOf } from "../tasks/labels.ts";
import { limitOptions, retryOf } from "../tasks/limits.ts";
import { noteUnknownType } from "../tasks/note-unknown-type.ts";
import { payloadOptions, payloadsOf } from "../tasks/payload.ts";
import { waitAndTell } from "../tasks/wait-and-tell.ts";
import { UsageError } from "../usage-error.ts";

const taskOptions = {
  wait: { type: "boolean", help: "wait for the end; exit with 1 if it did not complete" },
  follow: { type: "boolean", help: "wait, and print what the task writes" },
  priority: { type: "string", value: "N", help: "higher first (default: 0)" },
  "run-at": { type: "string", value: "TIME", help: "not before: 2026-03-01T08:00 or +10m" },
  ...limitOptions,
  queue: {
    type: "string",
    value: "NAME",
    help: 'for the workers of this queue (default: "default")',
  },
  after: { type: "string", multiple: true, value: "ID", help: "wait for this task; repeatable" },
  "on-dependency-failure": {
    type: "string",
    value: "skip|run",
    help: "what to do when one of those does not complete (default: skip)",
  },
  ...labelOptions,
  key: { type: "string", value: "KEY", help: "submit once: the same key gives the same task" },
  bulk: { type: "boolean", help: "JSON is an array with the payload of each of many tasks" },
  ...payloadOptions,
  ...dryRunOption,
} as const;

type SubmitValues = Given<typeof taskOptions>["values"];

export const submit = defineCommand({
  name: "submit",
  usage:
    "submit command [options] -- PROG ARG…  |  submit agent INSTRUCTION  |  submit TYPE JSON [options]",
  summary: "hand in a task; prints its id once it is safely stored",
  examples: [
    {
      wish: "run a program when a worker is free, and see what it writes",
      line: "clx submit command --follow -- python3 simulate.py --steps 1000",
    },
    {
      wish: "have a coding agent work in this folder, with limits on what it uses",
      line: 'clx submit agent --follow --max-turns 20 --budget-cost 0.50 "Mend the failing test"',
    },
    {
      wish: "hand in many tasks of a type of your own at once",
      line: "clx submit resize @many.json --bulk",
    },
  ],
  details: `JSON is the payload as it is, @file, or - for the standard input. Exit codes of --wait and
--follow: 0 completed, 1 failed or cancelled, 130 interrupted (the task stays in the queue).

With --wait or --follow a worker is started when there is none that could take the task; it leaves
with the command, unless --no-auto-stop is given. A type that neither ships nor is configured, and
that no live worker takes, is refused then; without --wait its task waits for a worker.`,
  options: { ...configOptions, ...taskOptions },
  words: { atLeast: 1, atMost: 2 },
  takesRest: true,
  async run(context, { values: given, words: [type = "", json], rest }) {
    const values = given as SubmitValues;
    const payloads = await payloadsOf({
      command: "submit",
      type,
      json,
      rest,
      values,
      cwd: context.cwd,
    });
    checkTogether(values, payloads.length);
    if (values["dry-run"]) return wouldSubmit(context, type, payloads.length);
    const store = await context.openStore("write");
    const frame = await frameOf(context, store, { ...values, type });
    const now = context.clock();
    const wanted = payloads.map(
      (payload): NewTask => ({ ...frame, id: newId(now), type, payload }),
    );
    const tasks = type === "agent" ? await conversations(context, store, wanted) : wanted;
    const waits = Boolean(values.wait || values.follow);
    const attendance = waits ? await attend(context, { ...frame, type }) : undefined;
    const { submitAlone } = await import("../../library/conversation-in-use.ts");
    const submitted = await submitAlone(store, { tasks, now: context.clock() }).catch(
      async (error: unknown) => {
        await attendance?.abandon();
        throw error;
      },
    );
    try {
      await notePauses(
        context.terminal,
        store,
        submitted.map(({ task }) => task),
      );
      if (!waits) await noteUnknownType(context, store, { ...frame, type });
      return await tell(context, submitted, { ...values, attendance });
    } finally {
      await attendance?.stop();
    }
  },
});

/** With the conversations that they go on with. */
async function conversations(
  { config }: CommandContext,
  store: TaskStore,
  tasks: readonly NewTask[],
): Promise<readonly NewTask[]> {
  if (config.ownTypes.includes("agent")) return tasks;
  const { withConversations } = await import("../tasks/with-conversations.ts");
  return await withConversations({ store, config }, tasks);
}

/** The payloads are checked by now; nothing is opened or stored. */
function wouldSubmit({ terminal }: CommandContext, type: string, count: number): number {
  if (terminal.json) terminal.printJson({ dry_run: true, type, tasks: count });
  else terminal.print(`would submit ${counted(count, `${type} task`)}`);
  return 0;
}

function checkTogether(values: SubmitValues, count: number): void {
  if (values.bulk && values.key !== undefined) {
    throw new UsageError("--key names one task, so it cannot stand with --bulk");
  }
  if (values.bulk && (values.wait || values.follow) && count !== 1) {
    throw new UsageError('--bulk does not wait; give the ids that it prints to "clx tasks wait"');
  }
  if (values["on-dependency-failure"] !== undefined && !values.after) {
    throw new UsageError("--on-dependency-failure says what to do about --after, which is missing");
  }
}

/** Before it is submitted: a task that is waited for shall not be left without a worker. */
async function attend(
  context: CommandContext,
  { type, queue, runAt, after }: Pick<NewTask, "type" | "queue" | "runAt" | "after">,
) {
  const { attendTask } = await import("../tasks/attend-task.ts");
  return await attendTask(context, {
    ...{ type, queue },
    isLater: runAt !== undefined || after.length > 0,
  });
}

/** All of a task but its id, type and payload. */
async function frameOf(
  { config, clock }: CommandContext,
  store: TaskStore,
  values: SubmitValues & { readonly type: string },
): Promise<Omit<NewTask, "id" | "type" | "payload">> {
  const after: string[] = [];
  for (const id of values.after ?? []) after.push((await findTask(store, id)).id);
  const timeoutMs =
    values.timeout === undefined
      ? resolveTaskTimeout(config, values.type)
      : parseDuration(values.timeout, "--timeout");
  const runAt = values["run-at"];
  return {
    queue: values.queue ?? lookUp(config, "workers.queue_name").value,
    priority: parseWhole(values.priority ?? "0", "--priority", { atLeast: -1_000_000 }),
    ...(runAt !== undefined && { runAt: parsePointInTime(runAt, "--run-at", clock()) }),
    retry: retryOf(values.attempts),
    ...(timeoutMs && { timeoutMs }),
    ...(values.memory !== undefined && { expectedMemory: parseSize(values.memory, "--memory") }),
    ...labelsOf(values),
    ...(values.key !== undefined && { key: values.key }),
    after,
    onDependencyFailure: parseOneOf(
      values["on-dependency-failure"] ?? "skip",
      "--on-dependency-failure",
      ["skip", "run"],
    ),
  };
}

async function tell(
  context: CommandContext,
  submitted: readonly Submitted[],
  values: SubmitValues & { readonly attendance: Attendance | undefined },
): Promise<number> {
  const { terminal } = context;
  const waits = Boolean(values.wait || values.follow);
  for (const { task, created } of submitted) {
    if (!created) terminal.hint(`task ${task.id} has this key already; nothing was added`);
    if (waits && !terminal.json) terminal.note(`task ${task.id}`);
    else if (!waits && terminal.json) terminal.printJson(taskJson(task));
    else if (!waits) terminal.print(task.id);
  }
  const [first] = submitted;
  if (!waits || !first) return 0;
  const follow = values.follow ? { times: false, split: true } : undefined;
  return await waitAndTell(context, {
    taskId: first.task.id,
    follow,
    attendance: values.attendance,
  });
}
