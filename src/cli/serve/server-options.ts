import type { OptionForKey } from "../../config/with-options.ts";
import type { OptionSpecs } from "../command.ts";

/** What `serve` can be told of the server; each stands for a key. */
export const serverOptions = {
  mode: {
    type: "string",
    value: "MODE",
    help: "where tasks run: inline, standalone or managed (default: inline)",
  },
  port: { type: "string", value: "N", help: "listen on this port; 0 for any (default: 5000)" },
  host: { type: "string", value: "HOST", help: "listen on this address (default: 127.0.0.1)" },
  concurrency: { type: "string", value: "N", help: "tasks at once for each worker" },
  queue: { type: "string", value: "NAME", help: "the queue of its tasks and its workers" },
  "shutdown-timeout": {
    type: "string",
    value: "TIME",
    help: "how long running tasks may go on when it is told to stop (default: 30s)",
  },
} as const satisfies OptionSpecs;

const keys: Readonly<Record<keyof typeof serverOptions, string>> = {
  mode: "server.mode",
  port: "server.port",
  host: "server.host",
  concurrency: "workers.concurrency",
  queue: "workers.queue_name",
  "shutdown-timeout": "server.shutdown_timeout",
};

export function optionsForKeys(values: Readonly<Record<string, unknown>>): OptionForKey[] {
  return Object.entries(keys).flatMap(([name, id]) => {
    const text = values[name];
    return typeof text === "string" ? [{ name, text, id }] : [];
  });
}
