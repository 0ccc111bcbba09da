import { parseSize } from "../config/size.ts";
import { type ContainerSettings, defaultContainer } from "../domain/container-settings.ts";
import { ClxError } from "../domain/errors.ts";
import { defaultRestart, type PoolSpec, type RestartPolicy } from "../supervisor/pool.ts";
import { handlerOf } from "./handler-of.ts";

export interface WorkerConfigParams {
  readonly workerType: string;
  /** How many workers; 1 if absent. */
  readonly count?: number;
  /** "direct" if absent: a process for each. */
  readonly executionMode?: "direct" | "inline" | "docker";
  /** Of the container; docker mode needs it. */
  readonly image?: string;
  /** How the container is made, where it shall not be as by default. */
  readonly container?: Partial<ContainerSettings>;
  /** Your own module with the worker's definition; the types that ship need none. */
  readonly handler?: string | URL;
  /** Given to the handler's `open` as they are. */
  readonly settings?: { readonly [key: string]: unknown };
  /** Tasks that each worker takes at once; 1 if absent. */
  readonly concurrency?: number;
  /** "default" if absent. */
  readonly queue?: string;
  /** What a worker is expected to need at its peak: "512m" if absent; a number is bytes. */
  readonly expectedMemory?: string | number;
  /** A worker's tree is ended above this: "1g"; a number is bytes. */
  readonly memoryLimit?: string | number;
  /** A worker that is not ready by then is ended; 30,000 if absent. */
  readonly startupTimeoutMs?: number;
  readonly restart?: Partial<RestartPolicy>;
  /** Added to the environment of its workers. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What is wanted of the workers of one type; refuses what cannot be. */
export class WorkerConfig {
  readonly workerType: string;
  readonly count: number;
  readonly executionMode: "direct" | "inline" | "docker";
  readonly image: string | undefined;
  readonly #params: WorkerConfigParams;

  /** @throws ClxError `invalid_value`, `unknown_worker_type` or `unknown_handler` */
  constructor(params: WorkerConfigParams) {
    const { workerType, count = 1, executionMode = "direct", image, concurrency = 1 } = params;
    if (!/^[a-z][\w-]*$/i.test(workerType)) throw invalid("workerType", workerType, "a name");
    requireWhole("count", count, 0);
    requireWhole("concurrency", concurrency, 1);
    requireWhole("startupTimeoutMs", params.startupTimeoutMs ?? 1, 1);
    if (!["direct", "inline", "docker"].includes(executionMode)) {
      throw invalid("executionMode", executionMode, '"direct", "inline" or "docker"');
    }
    if (executionMode === "docker" && !image) throw noImage(workerType);
    this.workerType = workerType;
    this.count = count;
    this.executionMode = executionMode;
    this.image = image;
    this.#params = params;
    this.toPool();
  }

  /** The same in the supervisor's words. */
  toPool(more: { readonly persistent?: boolean; readonly count?: number } = {}): PoolSpec {
    const { handler, settings, memoryLimit, env, restart } = this.#params;
    const { concurrency = 1, queue = "default", startupTimeoutMs = 30_000 } = this.#params;
    return {
      name: this.workerType,
      type: this.workerType,
      queue,
      mode: this.executionMode,
      count: more.count ?? this.count,
      concurrency,
      handler: handlerOf({ type: this.workerType, module: handler }),
      persistent: more.persistent ?? false,
      expectedMemory: bytesOf(this.#params.expectedMemory ?? "512m", "expectedMemory"),
      restart: { ...defaultRestart, ...restart },
      startupTimeoutMs,
      configSource: "library",
      ...(settings && { settings }),
      ...(memoryLimit !== undefined && { memoryLimit: bytesOf(memoryLimit, "memoryLimit") }),
      ...(env && { env }),
      ...(this.image !== undefined && { image: this.image }),
      ...(this.executionMode === "docker" && {
        container: { ...defaultContainer, ...this.#params.container },
      }),
    };
  }
}

function bytesOf(size: string | number, name: string): number {
  if (typeof size === "string") return parseSize(size, name);
  requireWhole(name, size, 0);
  return size;
}

function requireWhole(name: string, value: number, atLeast: number): void {
  if (Number.isSafeInteger(value) && value >= atLeast) return;
  throw invalid(name, value, `a whole number of at least ${atLeast}`);
}

function invalid(name: string, value: unknown, expected: string): ClxError {
  return new ClxError(
    "invalid_value",
    `${name} is ${JSON.stringify(value)}, but must be ${expected}`,
  );
}

function noImage(workerType: string): ClxError {
  return new ClxError(
    "invalid_value",
    `the "${workerType}" workers shall run in Docker, but no image is named; set image, or executionMode to "direct"`,
  );
}
