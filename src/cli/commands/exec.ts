import { lookUp } from "../../config/config.ts";
import { parseDuration } from "../../config/duration.ts";
import { resolveTaskTimeout } from "../../config/pool-settings.ts";
import { parseSize } from "../../config/size.ts";
import { type CommandContext, defineCommand, type Given } from "../command.ts";
import { configOptions } from "../config-options.ts";
import { dryRunOption } from "../dry-run.ts";
import { type ExecTask, tasksOf } from "../exec/exec-tasks.ts";
import { counted } from "../present/counted.ts";
import { labelOptions, labelsOf } from "../tasks/labels.ts";
import { limitOptions, retryOf } from "../tasks/limits.ts";
import { payloadOptions } from "../tasks/payload.ts";
import type { Terminal } from "../terminal.ts";
import { projectFolders } from "../workers/project-folders.ts";
import { runSetupOf } from "../workers/run-setup.ts";
import { settle } from "../workers/settle.ts";

const taskOptions = {
  ...limitOptions,
  queue: { type: "string", value: "NAME", help: 'the queue (default: "default")' },
  ...labelOptions,
  bulk: { type: "boolean", help: "JSON is an array of many payloads, or of {type, payload}" },
  ...payloadOptions,
  force: { type: "boolean", help: "start workers although memory or processor are short" },
  ...dryRunOption,
} as const;

type TaskValues = Given<typeof taskOptions>["values"];

export const exec = defineCommand({
  name: "exec",
  usage:
    "exec [options] -- PROG ARG…  |  exec agent TEXT  |  exec TYPE JSON  |  exec [TYPE] @FILE --bulk",
  summary: "run tasks now, with workers for this run alone, and leave nothing behind",
  examples: [
    { wish: "run a program and leave nothing behind", line: "clx exec -- make -j4 all" },
    {
      wish: "run many programs, four at once",
      line: "clx exec command @many.json --bulk --command-workers 4",
    },
    {
      wish: "run it by new workers, whatever runs already",
      line: "clx exec --fresh-workers -- ./tool",
    },
  ],
  details: `Healthy workers of services are used where they are free; what is missing is started, and ends
with the run. They run programs in the environment that they were started with.

What the programs write goes to stdout and stderr, what a task gives as its result goes to
stdout as a line of JSON. How a task ended is said on stderr.

The exit code is that of the program when it ended by itself, else 0 when all tasks completed and
1 when one did not; 130 after Ctrl-C, which cancels what is open. A second Ctrl-C ends it at once.`,
  options: { ...configOptions, ...taskOptions },
  words: { atLeast: 0, atMost: 2 },
  takesRest: true,
  async run(context, { values: given, words, rest }) {
    const values = given as TaskValues;
    const tasks = await tasksOf({ words, rest, values, cwd: context.cwd });
    if (values["dry-run"]) return wouldRun(context.terminal, tasks);
    const config = await settle(
      context,
      tasks.map(({ type }) => type),
    );
    const setup = runSetupOf({ ...context, config });
    const goingOn = await withResumed(context, tasks);
    const { runTasks } = await import("../exec/run-tasks.ts");
    return await runTasks(context, {
      tasks: goingOn,
      setup,
      folders: () => projectFolders(context.cwd),
      force: values.force ?? false,
      frame: frameOf(values),
      queue: values.queue ?? lookUp(setup.config, "workers.queue_name").value,
      timeoutFor: (type) => resolveTaskTimeout(setup.config, type),
    });
  },
});

/** Agents' tasks have the conversations that they go on with. */
async function withResumed(
  { config, openStore }: CommandContext,
  tasks: readonly ExecTask[],
): Promise<readonly ExecTask[]> {
  const isAgents = tasks.some(({ type }) => type === "agent");
  if (!isAgents || config.ownTypes.includes("agent")) return tasks;
  const { resumed } = await import("../tasks/with-conversations.ts");
  return await resumed({ store: await openStore("write"), config }, tasks);
}

/** The payloads are checked by now; nothing is opened, stored or started. */
function wouldRun(terminal: Terminal, tasks: readonly ExecTask[]): number {
  const types = [...new Set(tasks.map(({ type }) => type))];
  const counts = types.map((type) => ({
    type,
    tasks: tasks.filter((task) => task.type === type).length,
  }));
  if (terminal.json) terminal.printJson({ dry_run: true, types: counts });
  else
    for (const one of counts) terminal.print(`would run ${counted(one.tasks, `${one.type} task`)}`);
  return 0;
}

function frameOf({ timeout, attempts, memory, ...values }: TaskValues) {
  return {
    priority: 0,
    retry: retryOf(attempts),
    ...labelsOf(values),
    ...(timeout !== undefined && { timeoutMs: parseDuration(timeout, "--timeout") }),
    ...(memory !== undefined && { expectedMemory: parseSize(memory, "--memory") }),
    after: [],
    onDependencyFailure: "skip" as const,
  };
}
