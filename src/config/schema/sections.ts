import { agentKeys } from "./agent-keys.ts";
import type { Key, Keys } from "./key.ts";
import { ownTypeKeys, rootKeys, serverKeys, typeKeys, workersKeys } from "./keys.ts";
import { isBuiltIn } from "./worker-types.ts";

/** The names that the section `workers` may be given. */
export const sectionNames: readonly string[] = ["workers", "worker_management"];

export const allTypeKeys: Keys = { ...typeKeys, ...ownTypeKeys };

export function keysOfType(type: string): Keys {
  return isBuiltIn(type) ? typeKeys : allTypeKeys;
}

/** Every key outside the tables of worker types, by its full name. */
export const fixedKeys: Keys = {
  ...rootKeys,
  ...withPrefix("workers", workersKeys),
  ...withPrefix("server", serverKeys),
};

/** `workers.notebook.count` → its type and its key; `undefined` if it is no key of a type. */
export function splitTypeKey(id: string): { type: string; name: string } | undefined {
  const [, type, name] = /^workers\.([^.]+)\.([^.]+)$/.exec(id) ?? [];
  return type === undefined || name === undefined ? undefined : { type, name };
}

/** `agents.claude.model` → its agent and its key; `undefined` if it is no key of an agent. */
export function splitAgentKey(id: string): { agent: string; name: string } | undefined {
  const [, agent, name] = /^agents\.([^.]+)\.([^.]+)$/.exec(id) ?? [];
  return agent === undefined || name === undefined ? undefined : { agent, name };
}

export const allAgentKeys: Keys = agentKeys;

export function findKey(id: string): Key | undefined {
  if (Object.hasOwn(fixedKeys, id)) return fixedKeys[id];
  const { name: ofAgent = "" } = splitAgentKey(id) ?? {};
  if (Object.hasOwn(allAgentKeys, ofAgent)) return allAgentKeys[ofAgent];
  const { name = "" } = splitTypeKey(id) ?? {};
  return Object.hasOwn(allTypeKeys, name) ? allTypeKeys[name] : undefined;
}

/** `workers.notebook.count` → `CLX_WORKERS__NOTEBOOK__COUNT` */
export function variableOf(id: string): string {
  return `CLX_${id.replaceAll("-", "_").split(".").join("__").toUpperCase()}`;
}

function withPrefix(section: string, keys: Keys): Keys {
  return Object.fromEntries(Object.entries(keys).map(([name, key]) => [`${section}.${name}`, key]));
}
