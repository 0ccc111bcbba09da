import { defineCommand } from "../command.ts";
import { UsageError } from "../usage-error.ts";
import { poolOf } from "../workers/pool-of.ts";

export const supervise = defineCommand({
  name: "supervise",
  usage: "supervise --type TYPE [--count N] [options]",
  summary: "keep workers running, in the foreground, and print what happens",
  examples: [
    { wish: "keep two workers that run programs", line: "clx supervise --type command --count 2" },
    {
      wish: "do what is in the queue, each task with up to 8 GiB, then end",
      line: "clx supervise --type command --count 4 --memory 8g --until-empty",
    },
    {
      wish: "keep workers of your own type, each with four tasks at once",
      line: "clx supervise --type resize --handler ./resize.ts --concurrency 4",
    },
  ],
  details: `The first Ctrl-C gives running tasks 10 seconds to end and then gives them back; the second
gives them back at once. With --until-empty it exits with 1 if a task failed meanwhile.`,
  options: {
    type: { type: "string", multiple: true, help: "the type of tasks they do; repeatable" },
    count: { type: "string", value: "N", help: "workers of each type (default: 1)" },
    handler: { type: "string", value: "FILE", help: "the module with your own worker type" },
    concurrency: { type: "string", value: "N", help: "tasks at once for each (default: 1)" },
    queue: { type: "string", value: "NAME", help: 'the queue they serve (default: "default")' },
    memory: {
      type: "string",
      value: "SIZE",
      help: "what each is expected to need (default: 512m)",
    },
    "memory-limit": { type: "string", value: "SIZE", help: "end a task that goes above this" },
    mode: { type: "string", value: "MODE", help: "direct (a process each, the default) or inline" },
    restarts: {
      type: "string",
      value: "N",
      help: "give up after N restarts in a minute (default: 10)",
    },
    persistent: { type: "boolean", help: "they go on when this ends; the next one adopts them" },
    force: { type: "boolean", help: "start them although memory or processor are short" },
    "until-empty": { type: "boolean", help: "end when no such task is open any more" },
  },
  async run(context, { values }) {
    const types = values.type ?? [];
    if (types.length === 0) throw new UsageError("say which tasks they do: --type command");
    if (types.length > 1 && values.handler !== undefined) {
      throw new UsageError(
        "--handler is the module of one type; start a second supervisor for others",
      );
    }
    const pools = types.map((type) => poolOf(type, values, context));
    const { superviseHere } = await import("../workers/supervise-here.ts");
    return await superviseHere(context, {
      pools,
      force: values.force ?? false,
      untilEmpty: values["until-empty"] ?? false,
    });
  },
});
