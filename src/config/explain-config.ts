import type { JsonValue } from "../domain/json.ts";
import { agentNames } from "./agents.ts";
import {
  type AgentKeyName,
  type Config,
  type FixedKeyId,
  lookUp,
  lookUpForAgent,
  lookUpForType,
  type Sourced,
  type TypeKeyName,
} from "./config.ts";
import type { Origin } from "./origin.ts";
import { agentKeysOf } from "./schema/agent-keys.ts";
import type { Key } from "./schema/key.ts";
import { fixedKeys, keysOfType } from "./schema/sections.ts";
import { builtInTypes } from "./schema/worker-types.ts";

/** One effective value, for people and programs to read. */
export interface ConfigRow {
  readonly key: string;
  /** As in a file; `undefined` when it is not set. */
  readonly toml: string | undefined;
  readonly json: JsonValue;
  readonly origin: Origin;
  /** The key that said it in the place of this one. */
  readonly via?: string;
}

/** Every key with its value and who said it, those of all known worker types included. */
export function explainConfig(config: Config): readonly ConfigRow[] {
  const fixed = Object.entries(fixedKeys).map(([id, key]) =>
    rowOf(id, key, lookUp(config, id as FixedKeyId)),
  );
  const types = [...Object.keys(builtInTypes), ...config.ownTypes];
  const ofTypes = types.flatMap((type) =>
    Object.entries(keysOfType(type)).map(([name, key]) =>
      rowOf(`workers.${type}.${name}`, key, lookUpForType(config, type, name as TypeKeyName)),
    ),
  );
  const ofAgents = agentNames(config).flatMap((agent) =>
    Object.entries(agentKeysOf(lookUpForAgent(config, agent, "runner").value)).map(([name, key]) =>
      rowOf(`agents.${agent}.${name}`, key, lookUpForAgent(config, agent, name as AgentKeyName)),
    ),
  );
  return [...fixed, ...ofTypes, ...ofAgents];
}

function rowOf(id: string, { format }: Key, { value, origin, via }: Sourced<unknown>): ConfigRow {
  const isSet = value !== undefined;
  return {
    key: id,
    toml: isSet ? format.toToml(value) : undefined,
    json: isSet ? format.toJson(value) : null,
    origin,
    ...(via !== undefined && { via }),
  };
}
