import { parseWhole } from "../../config/number.ts";
import type { Settings } from "../../config/settings.ts";
import { parseSize } from "../../config/size.ts";
import { ClxError } from "../../domain/errors.ts";
import { handlerOf } from "../../library/handler-of.ts";
import { defaultRestart, type PoolSpec } from "../../supervisor/pool.ts";
import { parseOneOf } from "../input/one-of.ts";

export const smallPeak = "512m";

export interface PoolOptions {
  readonly count?: string;
  readonly mode?: string;
  readonly handler?: string;
  readonly concurrency?: string;
  readonly queue?: string;
  readonly memory?: string;
  readonly "memory-limit"?: string;
  readonly restarts?: string;
  readonly persistent?: boolean;
}

/** The pool that the options of `clx supervise` ask for. */
export function poolOf(
  type: string,
  values: PoolOptions,
  { settings, cwd }: { readonly settings: Settings; readonly cwd: string },
): PoolSpec {
  const limit = values["memory-limit"];
  return {
    name: type,
    type,
    queue: values.queue ?? settings.queue,
    mode: modeOf(values.mode ?? "direct"),
    count: parseWhole(values.count ?? "1", "--count", { atLeast: 1 }),
    concurrency: concurrencyOf(values.concurrency, settings),
    handler: handlerOf({ type, module: values.handler, cwd }),
    persistent: values.persistent ?? false,
    expectedMemory: parseSize(values.memory ?? smallPeak, "--memory"),
    ...(limit !== undefined && { memoryLimit: parseSize(limit, "--memory-limit") }),
    restart: restartOf(values.restarts),
    startupTimeoutMs: settings.startupTimeoutMs,
    configSource: values.count === undefined ? "default" : "cli",
  };
}

function restartOf(option: string | undefined): PoolSpec["restart"] {
  if (option === undefined) return defaultRestart;
  return { ...defaultRestart, maxRestarts: parseWhole(option, "--restarts", { atLeast: 0 }) };
}

export function concurrencyOf(option: string | undefined, settings: Settings): number {
  if (option === undefined) return settings.concurrency;
  return parseWhole(option, "--concurrency", { atLeast: 1 });
}

function modeOf(text: string): PoolSpec["mode"] {
  const mode = parseOneOf(text, "--mode", ["direct", "inline", "docker"]);
  if (mode !== "docker") return mode;
  throw new ClxError(
    "unsupported_platform",
    "this version runs no workers in Docker; use --mode direct",
  );
}
