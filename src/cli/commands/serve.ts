import { withOptions } from "../../config/with-options.ts";
import { defineCommand } from "../command.ts";
import { poolOptions } from "../config-options.ts";
import { logOptions, readLogWishes } from "../logging/log-options.ts";
import { optionsForKeys, serverOptions } from "../serve/server-options.ts";

const { workers: _, ...counts } = poolOptions;

export const serve = defineCommand({
  name: "serve",
  usage: "serve [--mode MODE] [--port N] [options]",
  summary: "serve tasks over HTTP, with a dashboard",
  examples: [
    { wish: "serve on this machine, and run tasks in the server itself", line: "clx serve" },
    {
      wish: "keep four worker processes for it, which outlive its crash",
      line: "clx serve --mode managed --worker-count 4",
    },
    {
      wish: "only queue tasks; workers run in other shells (clx worker)",
      line: "clx serve --mode standalone --port 8080",
    },
  ],
  details: `The first Ctrl-C refuses new work, lets running tasks end for up to --shutdown-timeout and gives the rest
back to the queue; the second gives them back at once. Queued tasks stay in the database.
It has workers for programs, for types of your own, and for those that the configuration names, as
--notebook-workers 1 does.
Beyond this machine (--host) it listens only once there is a key: clx keys create.`,
  options: { ...serverOptions, ...counts, ...logOptions },
  async run(context, { values }) {
    const { cwd, terminal, verbose } = context;
    const given: Readonly<Record<string, unknown>> = values;
    const config = withOptions(context.config, optionsForKeys(given), { cwd });
    const log = readLogWishes(values, { verbose, json: terminal.json });
    const { serveHere } = await import("../serve/serve-here.ts");
    return await serveHere(context, { config, log });
  },
});
