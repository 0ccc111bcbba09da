import { resolveWorker } from "../../config/pool-settings.ts";
import { withOptions } from "../../config/with-options.ts";
import { resolveWorkerPolicy } from "../../config/worker-policy.ts";
import { defineCommand } from "../command.ts";
import { logOn, logOptions, readLogWishes } from "../logging/log-options.ts";
import { onStopSignal } from "../stop-signals.ts";
import { UsageError } from "../usage-error.ts";
import { takeKey } from "../workers/take-key.ts";
import { optionsForKeys, workerOptions } from "../workers/worker-options.ts";

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
    {
      wish: "let this machine work for a server of another one",
      line: "clx worker --type command --server http://build-box:5000 --key-file ~/.clx-key",
    },
  ],
  details:
    "The first Ctrl-C lets it finish its tasks and leave, the second kills them and gives them back.\nWith --server it needs no database: it works for the server that `clx serve` runs there, and waits\nfor it when it is away. The key (role operator) may come in CLX_KEY too; tasks do not see it.",
  options: {
    type: { type: "string", help: "the type of tasks it does" },
    ...workerOptions,
    server: { type: "string", value: "URL", help: "work for this server, not for a database" },
    "key-file": { type: "string", value: "FILE", help: "the server's key, in a file" },
    ...logOptions,
  },
  async run(context, { values }) {
    const { cwd, terminal, verbose } = context;
    const { type } = values;
    if (type === undefined) throw new UsageError("say which tasks it does: --type command");
    const options = optionsForKeys({ values, types: [type], cwd });
    const config = withOptions(context.config, options, { cwd });
    const settings = resolveWorker(config, type);
    const policy = resolveWorkerPolicy(config);
    const wishes = readLogWishes(values, { verbose, json: terminal.json });
    const log = logOn(terminal, { ...wishes, stream: "stderr" });

    const key = takeKey(values["key-file"], { cwd, server: values.server });
    const leave = new AbortController();
    const hurry = new AbortController();
    const signals = onStopSignal((count, signal) => {
      if (count === 1) {
        log.say(`${signal}: finishing what runs, then leaving; once more gives it back`);
        leave.abort(new Error(`asked to leave by ${signal}`));
      } else {
        if (count === 2) log.say(`${signal}: killing what runs now, and giving it back`);
        hurry.abort(new Error(`told to leave at once by ${signal}`));
      }
    });
    try {
      const work = { settings, policy, log, leave: leave.signal, hurry: hurry.signal };
      if (values.server !== undefined) {
        const { workForServer } = await import("../workers/work-for-server.ts");
        return await workForServer(context, { ...work, key, server: values.server });
      }
      const { workHere } = await import("../workers/work-here.ts");
      return await workHere(context, work);
    } finally {
      signals.close();
    }
  },
});
