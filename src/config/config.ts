import type { Layer, Setting } from "./layers/layer.ts";
import type { ConfigPlace } from "./layers/places.ts";
import type { Origin } from "./origin.ts";
import type { agentKeys } from "./schema/agent-keys.ts";
import type { Key, ValueOf } from "./schema/key.ts";
import type { ownTypeKeys, rootKeys, serverKeys, typeKeys, workersKeys } from "./schema/keys.ts";
import { findKey } from "./schema/sections.ts";
import { defaultsOf } from "./schema/worker-types.ts";

/** What all layers together say, checked. */
export interface Config {
  /** Where files were looked for, strongest first. */
  readonly places: readonly ConfigPlace[];
  /** Strongest first: command line, environment, project, user, system. */
  readonly layers: readonly Layer[];
  /** The worker types that do not ship, in the order of their names. */
  readonly ownTypes: readonly string[];
}

/** A value and who said it. */
export interface Sourced<T> {
  readonly value: T;
  readonly origin: Origin;
  /** The key that said it in the place of the one asked for. */
  readonly via?: string;
}

type FixedKeys = {
  readonly [Name in keyof typeof rootKeys]: (typeof rootKeys)[Name];
} & {
  readonly [Name in keyof typeof workersKeys as `workers.${Name}`]: (typeof workersKeys)[Name];
} & {
  readonly [Name in keyof typeof serverKeys as `server.${Name}`]: (typeof serverKeys)[Name];
};

type TypeKeys = typeof typeKeys & typeof ownTypeKeys;

export type AgentKeyName = keyof typeof agentKeys;
export type FixedKeyId = keyof FixedKeys;
export type TypeKeyName = keyof TypeKeys;

/** The value of a key outside the tables of worker types. */
export function lookUp<Id extends FixedKeyId>(
  config: Config,
  id: Id,
): Sourced<ValueOf<FixedKeys[Id]>> {
  return sourced(findSetting(config, id), findKey(id));
}

/**
 * The value of a key for a worker type.
 *
 * What somebody wrote beats what is built in; what was written for the type beats what was
 * written for all types. The command line beats both: `--workers=docker` means every type.
 */
export function lookUpForType<Name extends TypeKeyName>(
  config: Config,
  type: string,
  name: Name,
): Sourced<ValueOf<TypeKeys[Name]>> {
  const id = `workers.${type}.${name}`;
  const key = findKey(id);
  const generalId = key?.inherits === undefined ? undefined : `workers.${key.inherits}`;
  const own = findSetting(config, id);
  const general = generalId === undefined ? undefined : findSetting(config, generalId);
  const generalWins = own === undefined || (isFlag(general) && !isFlag(own));
  if (!generalWins) return sourced(own, key);
  if (general !== undefined) return { ...sourced(general, key), ...via(generalId) };
  const builtIn = builtInDefault(type, name);
  return builtIn === undefined
    ? { ...byDefault(key?.default), ...via(generalId) }
    : byDefault(builtIn);
}

/** The value of a key of an agent. */
export function lookUpForAgent<Name extends AgentKeyName>(
  config: Config,
  agent: string,
  name: Name,
): Sourced<ValueOf<(typeof agentKeys)[Name]>> {
  const id = `agents.${agent}.${name}`;
  return sourced(findSetting(config, id), findKey(id));
}

function findSetting({ layers }: Config, id: string): Setting | undefined {
  return layers.find(({ settings }) => settings.has(id))?.settings.get(id);
}

function builtInDefault(type: string, name: string): unknown {
  const defaults: Readonly<Record<string, unknown>> = defaultsOf(type);
  return defaults[name];
}

function isFlag(setting: Setting | undefined): boolean {
  return setting?.origin.kind === "flag";
}

// The one place where the values of settings get their types back: each was made by its key's format.
function sourced<T>(setting: Setting | undefined, key: Key | undefined): Sourced<T> {
  if (setting === undefined) return byDefault(key?.default);
  return { value: setting.value as T, origin: setting.origin };
}

function byDefault<T>(value: unknown): Sourced<T> {
  return { value: value as T, origin: { kind: "default" } };
}

function via(id: string | undefined) {
  return id === undefined ? {} : { via: id };
}
