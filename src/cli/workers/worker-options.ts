import type { OptionForKey } from "../../config/with-options.ts";
import { handlerOf } from "../../library/handler-of.ts";
import type { OptionSpecs } from "../command.ts";
import { UsageError } from "../usage-error.ts";

/** What `worker` and `supervise` can be told of the workers; each stands for a key. */
export const workerOptions = {
  handler: { type: "string", value: "FILE", help: "the module with your own worker type" },
  concurrency: { type: "string", value: "N", help: "tasks at once for each" },
  queue: { type: "string", value: "NAME", help: "the queue they serve" },
  memory: { type: "string", value: "SIZE", help: "what each is expected to need: 512m, 8g" },
  "memory-limit": { type: "string", value: "SIZE", help: "end a task that goes above this" },
} as const satisfies OptionSpecs;

const keys: Readonly<Record<string, string>> = {
  count: "workers.default_worker_count",
  mode: "workers.default_execution_mode",
  restarts: "workers.startup_retries",
  concurrency: "workers.concurrency",
  queue: "workers.queue_name",
  memory: "workers.TYPE.expected_memory",
  "memory-limit": "workers.TYPE.memory_limit",
  handler: "workers.TYPE.handler",
};

export interface GivenOptions {
  /** As they were parsed; those that stand for no key are passed over. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly types: readonly string[];
  readonly cwd: string;
}

/** The keys that the options stand for, those of each worker type for every type. */
export function optionsForKeys({ values, types, cwd }: GivenOptions): OptionForKey[] {
  const wrong = types.find((type) => !/^[a-z][\w-]*$/i.test(type));
  if (wrong !== undefined) throw new UsageError(`--type is "${wrong}", which is no name`);
  return Object.entries(keys).flatMap(([name, key]) => {
    const text = values[name];
    if (typeof text !== "string") return [];
    const ofType = (type: string) => ({
      name,
      id: key.replace("TYPE", type),
      text: name === "handler" ? handlerOf({ type, module: text, cwd }) : text,
    });
    return key.includes(".TYPE.") ? types.map(ofType) : [{ name, text, id: key }];
  });
}
