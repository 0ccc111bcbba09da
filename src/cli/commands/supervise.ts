import type { Config } from "../../config/config.ts";
import { builtInTypes } from "../../config/schema/worker-types.ts";
import { withOptions } from "../../config/with-options.ts";
import { resolveWorkerPolicy } from "../../config/worker-policy.ts";
import { defineCommand, type Given } from "../command.ts";
import { poolOptions } from "../config-options.ts";
import { logOptions, readLogWishes } from "../logging/log-options.ts";
import { UsageError } from "../usage-error.ts";
import { settle } from "../workers/settle.ts";
import { wantedPool } from "../workers/wanted-pool.ts";
import { optionsForKeys, workerOptions } from "../workers/worker-options.ts";

const own = {
  type: { type: "string", multiple: true, help: "the type of tasks they do; repeatable" },
  count: { type: "string", value: "N", help: "the same as --worker-count" },
  mode: { type: "string", value: "MODE", help: "the same as --workers" },
  ...workerOptions,
  restarts: {
    type: "string",
    value: "N",
    help: "give up after N failed starts in a row (default: 3)",
  },
  persistent: { type: "boolean", help: "they go on when this ends; the next one adopts them" },
  force: { type: "boolean", help: "start them although memory or processor are short" },
  "until-empty": { type: "boolean", help: "end when no such task is open any more" },
  ...logOptions,
} as const;

type SuperviseValues = Given<typeof own>["values"];

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
kills them and gives them back at once. With --until-empty it exits with 1 if a task failed meanwhile,
or if tasks are left for pools whose workers were all drained or aborted by hand.`,
  options: { ...own, ...poolOptions },
  async run(context, { values: given }) {
    const { cwd } = context;
    const values = given as SuperviseValues;
    const types = typesOf(values, given, context.config);
    const options = optionsForKeys({ values: given, types, cwd });
    const { terminal } = context;
    const config = await settle(
      { config: withOptions(context.config, options, { cwd }), terminal },
      types,
    );
    const persistent = values.persistent ?? false;
    const pools = types.map((type) => wantedPool({ config, type, persistent, cwd }));
    const { verbose } = context;
    const log = readLogWishes(values, { verbose, json: terminal.json });
    const { superviseHere } = await import("../workers/supervise-here.ts");
    return await superviseHere(context, {
      pools,
      config,
      policy: resolveWorkerPolicy(config),
      force: values.force ?? false,
      untilEmpty: values["until-empty"] ?? false,
      log,
    });
  },
});

/** Those that are named, by themselves or by their count. */
function typesOf(
  { type = [], handler }: SuperviseValues,
  given: Readonly<Record<string, unknown>>,
  { ownTypes }: Config,
): readonly string[] {
  const counted = [...Object.keys(builtInTypes), ...ownTypes].filter(
    (name) => given[`${name}-workers`] !== undefined,
  );
  const types = [...new Set([...type, ...counted])];
  if (types.length === 0) throw new UsageError("say which tasks they do: --type command");
  if (types.length === 1 || handler === undefined) return types;
  throw new UsageError("--handler is the module of one type; start a second supervisor for others");
}
