import { parseSize } from "../../config/size.ts";
import { handlerOf } from "../../library/handler-of.ts";
import { defineCommand } from "../command.ts";
import { onStopSignal } from "../stop-signals.ts";
import { UsageError } from "../usage-error.ts";
import { concurrencyOf, smallPeak } from "../workers/pool-of.ts";

export const worker = defineCommand({
  name: "worker",
  usage: "worker --type TYPE [--handler FILE] [options]",
  summary: "work here, in the foreground, until told to stop",
  examples: [
    { wish: "let this terminal run programs", line: "clx worker --type command" },
    {
      wish: "let it do tasks of your own type, four at once",
      line: "clx worker --type resize --handler ./resize.ts --concurrency 4",
    },
  ],
  details: "The first Ctrl-C lets it finish its tasks and leave, the second gives them back.",
  options: {
    type: { type: "string", help: "the type of tasks it does" },
    handler: { type: "string", value: "FILE", help: "the module with your own worker type" },
    concurrency: { type: "string", value: "N", help: "tasks at once (default: 1)" },
    queue: { type: "string", value: "NAME", help: 'the queue it serves (default: "default")' },
    memory: {
      type: "string",
      value: "SIZE",
      help: "what a task is expected to need (default: 512m)",
    },
    "memory-limit": { type: "string", value: "SIZE", help: "end a task that takes it above this" },
  },
  async run(context, { values }) {
    const { settings, cwd, terminal } = context;
    if (values.type === undefined) throw new UsageError("say which tasks it does: --type command");
    const { type } = values;
    const handler = handlerOf({ type, module: values.handler, cwd });
    const concurrency = concurrencyOf(values.concurrency, settings);
    const memoryLimit =
      values["memory-limit"] === undefined
        ? undefined
        : parseSize(values["memory-limit"], "--memory-limit");
    const expectedMemory = parseSize(values.memory ?? smallPeak, "--memory");
    const queue = values.queue ?? settings.queue;

    const { workHere } = await import("../workers/work-here.ts");
    const leave = new AbortController();
    const hurry = new AbortController();
    const signals = onStopSignal((count, signal) => {
      if (count === 1) {
        terminal.note(`${signal}: finishing what runs, then leaving; once more gives it back`);
        leave.abort(new Error(`asked to leave by ${signal}`));
      } else {
        hurry.abort(new Error(`told to leave at once by ${signal}`));
      }
    });
    try {
      return await workHere(context, {
        ...{ type, handler, concurrency, queue, expectedMemory, memoryLimit },
        ...{ leave: leave.signal, hurry: hurry.signal },
      });
    } finally {
      signals.close();
    }
  },
});
