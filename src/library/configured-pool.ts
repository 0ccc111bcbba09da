import type { PoolSettings, WorkerSettings } from "../config/pool-settings.ts";
import type { FolderGrant } from "../domain/container.ts";
import { defaultRestart, type PoolSpec, type RestartPolicy } from "../supervisor/pool.ts";
import { siblingModule } from "../worker/sibling-module.ts";
import { handlerOf } from "./handler-of.ts";

export interface ConfiguredPoolParams {
  readonly persistent: boolean;
  /** What relative paths start from. */
  readonly cwd: string;
  /** What its containers may do with files of this machine. */
  readonly folders?: readonly FolderGrant[];
}

/** The pool that the configuration asks for. */
export function configuredPool(
  settings: PoolSettings,
  { persistent, cwd, folders = [] }: ConfiguredPoolParams,
): PoolSpec {
  const { type, queue, mode, count, concurrency, configSource, image, container } = settings;
  const { expectedMemory, memoryLimit, startupTimeoutMs, startupRetries } = settings;
  return {
    ...{ name: type, type, queue, mode, count, concurrency, configSource, persistent },
    ...{ expectedMemory, startupTimeoutMs },
    ...programOf(settings, cwd),
    restart: restartOf(startupRetries, startupTimeoutMs),
    ...(memoryLimit !== undefined && { memoryLimit }),
    ...(mode === "docker" && image !== undefined && { image, folders }),
    ...(container !== undefined && { container }),
  };
}

/** Only a healthy worker ends a row of failures: the window is as long as any row can be. */
function restartOf(maxRestarts: number, startupTimeoutMs: number): RestartPolicy {
  const { maxDelayMs, healthyAfterMs } = defaultRestart;
  const windowMs = (maxRestarts + 1) * (startupTimeoutMs + healthyAfterMs + maxDelayMs);
  return { ...defaultRestart, maxRestarts, windowMs };
}

/** The module that a worker runs, and what it is told. */
export function programOf(
  { type, program, settings }: WorkerSettings,
  cwd: string,
): Pick<PoolSpec, "handler" | "settings"> {
  if (program.kind === "command") {
    const { argv, cwd: folder } = program;
    const url = siblingModule("../workers/command/program-worker", import.meta.url);
    return { handler: url.href, settings: { argv, cwd: folder, ...(settings && { settings }) } };
  }
  const handler = program.kind === "module" ? program.url : handlerOf({ type, cwd });
  return { handler, ...(settings && { settings }) };
}
