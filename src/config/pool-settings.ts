import { variablesOf } from "../agent/agent-settings.ts";
import type { ContainerSettings } from "../domain/container-settings.ts";
import { ClxError } from "../domain/errors.ts";
import { nearestName } from "../domain/nearest-name.ts";
import { ownTypeHint } from "../domain/start-hint.ts";
import { resolveAgents } from "./agents.ts";
import { type Config, lookUp, lookUpForType, type Sourced, type TypeKeyName } from "./config.ts";
import { describeOrigin } from "./origin.ts";
import { ConfigError, type Problem } from "./problem.ts";
import type { JsonObject } from "./schema/place-formats.ts";
import { splitTypeKey } from "./schema/sections.ts";
import { builtInTypes, isBuiltIn, typesThatShip } from "./schema/worker-types.ts";

/** What a worker of a type shall be, however it is started. Memory is bytes. */
export interface WorkerSettings {
  readonly type: string;
  readonly program: WorkerProgram;
  readonly queue: string;
  readonly concurrency: number;
  readonly settings?: JsonObject;
  readonly expectedMemory: number;
  readonly memoryLimit?: number;
  /** Who said so, for logs and the worker's row. */
  readonly configSource: string;
}

/** What a pool of workers of one type shall be. Times are milliseconds. */
export interface PoolSettings extends WorkerSettings {
  readonly mode: "inline" | "direct" | "docker";
  readonly count: number;
  /** Present whenever `mode` is `docker`. */
  readonly image?: string;
  /** How containers are made, whenever `mode` is `docker`. */
  readonly container?: ContainerSettings;
  readonly startupTimeoutMs: number;
  /** After so many failed starts in a row the pool gives up. */
  readonly startupRetries: number;
  /** For tasks that name no time of their own; absent: no limit. */
  readonly taskTimeoutMs?: number;
}

/** What a worker of the type runs. */
export type WorkerProgram =
  | { readonly kind: "built_in" }
  | { readonly kind: "module"; readonly url: string }
  | { readonly kind: "command"; readonly argv: readonly string[]; readonly cwd: string };

/**
 * The pool of one worker type, from all layers.
 *
 * @throws ConfigError for a mode that lacks what it needs, and for a type that is not known
 */
export function resolvePool(config: Config, type: string): PoolSettings {
  const mode = lookUpForType(config, type, "execution_mode");
  const count = lookUpForType(config, type, "count");
  const image = lookUpForType(config, type, "image");
  const taskTimeoutMs = resolveTaskTimeout(config, type);
  if (mode.value === "docker" && image.value === undefined && count.value !== 0) {
    throw missingImage(type, mode);
  }
  return {
    ...resolveWorker(config, type),
    // Whoever starts workers has had "auto" settled before (`settle-modes.ts`).
    mode: mode.value === "auto" ? "direct" : mode.value,
    count: count.value,
    startupTimeoutMs: lookUp(config, "workers.startup_timeout").value,
    startupRetries: lookUp(config, "workers.startup_retries").value,
    ...(image.value !== undefined && { image: image.value }),
    ...(mode.value === "docker" && { container: containerOf(config, type) }),
    ...(taskTimeoutMs !== undefined && { taskTimeoutMs }),
  };
}

/**
 * One worker of the type, from all layers.
 *
 * @throws ClxError for a type that is not known
 */
export function resolveWorker(config: Config, type: string): WorkerSettings {
  const memoryLimit = lookUpForType(config, type, "memory_limit");
  const settings = settingsOf(config, type);
  return {
    type,
    program: programOf(config, type),
    queue: lookUp(config, "workers.queue_name").value,
    concurrency: lookUpForType(config, type, "concurrency").value,
    expectedMemory: lookUpForType(config, type, "expected_memory").value,
    configSource: describeSources(config, type),
    ...(settings !== undefined && { settings }),
    ...(memoryLimit.value !== undefined && { memoryLimit: memoryLimit.value }),
  };
}

/** Workers of the type `agent` are told which agents there are. */
function settingsOf(config: Config, type: string): JsonObject | undefined {
  const { value } = lookUpForType(config, type, "settings");
  if (type !== "agent") return value;
  return { ...value, agents: resolveAgents(config) as unknown as JsonObject };
}

function containerOf(config: Config, type: string): ContainerSettings {
  const cpus = lookUpForType(config, type, "cpus").value;
  return {
    network: lookUp(config, "workers.docker_network").value,
    pull: lookUp(config, "workers.docker_pull").value ? "missing" : "never",
    link: lookUp(config, "workers.docker_link").value,
    pidsLimit: lookUpForType(config, type, "pids_limit").value,
    ...(cpus !== undefined && { cpus }),
    ...(type === "agent" && { passEnv: variablesOfAgents(config) }),
  };
}

function variablesOfAgents(config: Config): readonly string[] {
  return [...new Set(Object.values(resolveAgents(config)).flatMap(variablesOf))];
}

/** What stands in the way of the pools that the configuration speaks of. */
export function checkPools(config: Config): readonly Problem[] {
  const types = config.layers.flatMap(({ settings }) =>
    [...settings.keys()].flatMap((id) => splitTypeKey(id)?.type ?? []),
  );
  return [...new Set(types)].flatMap((type) => {
    try {
      resolvePool(config, type);
      return [];
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
  });
}

/** How long an attempt at a task of this type may take; `undefined` means no limit. */
export function resolveTaskTimeout(config: Config, type: string): number | undefined {
  return lookUpForType(config, type, "max_job_time").value || undefined;
}

function programOf(config: Config, type: string): WorkerProgram {
  const url = lookUpForType(config, type, "handler").value;
  if (url !== undefined) return { kind: "module", url };
  if (isBuiltIn(type)) return { kind: "built_in" };
  const command = lookUpForType(config, type, "command").value;
  if (command !== undefined) return { kind: "command", ...command };
  throw unknownType(config, type);
}

/** Types that can be started by their name alone. */
export function knownTypes({ ownTypes }: Pick<Config, "ownTypes">): readonly string[] {
  return [...typesThatShip, ...ownTypes];
}

function unknownType(config: Config, type: string): ClxError {
  const known = knownTypes(config);
  const meant = nearestName(type, [...known, ...Object.keys(builtInTypes)]);
  const hint =
    meant === undefined
      ? `known ${known.length === 1 ? "is" : "are"} ${known.join(", ")}.`
      : `did you mean ${meant}?`;
  return new ClxError(
    "unknown_worker_type",
    `there is no worker type "${type}"; ${hint} ${ownTypeHint(type)}`,
  );
}

const told = [
  "execution_mode",
  "count",
  "image",
  "memory_limit",
  "concurrency",
] as const satisfies readonly TypeKeyName[];

/** `count from --notebook-workers, else default`; `default` when nobody set anything. */
function describeSources(config: Config, type: string): string {
  const set = told
    .map((name) => ({ name, ...lookUpForType(config, type, name) }))
    .filter(({ origin }) => origin.kind !== "default")
    .map(({ name, origin }) => `${name} from ${describeOrigin(origin)}`);
  if (set.length === 0) return "default";
  return [...set, ...(set.length < told.length ? ["else default"] : [])].join(", ");
}

function missingImage(type: string, { origin, via }: Sourced<unknown>): ConfigError {
  const key = `workers.${type}.image`;
  const who = `${via ?? `workers.${type}.execution_mode`}: ${describeOrigin(origin)}`;
  const message = `${type} workers shall run in docker (${who}), and no image is set for them; set ${key}, or run them direct`;
  return new ConfigError([{ key, origin, message }]);
}
