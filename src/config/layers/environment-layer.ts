import type { Environment } from "../environment.ts";
import type { Key, Keys } from "../schema/key.ts";
import { rootKeys, serverKeys, workersKeys } from "../schema/keys.ts";
import {
  allAgentKeys,
  allTypeKeys,
  fixedKeys,
  keysOfType,
  variableOf,
} from "../schema/sections.ts";
import { builtInTypes, isTypeName } from "../schema/worker-types.ts";
import { explainUnknown } from "./explain-unknown.ts";
import { LayerBuilder, type LayerReading } from "./layer.ts";

export interface EnvironmentParams {
  readonly env: Environment;
  readonly cwd: string;
  readonly home: string;
  /** Types that stronger or weaker layers know, so that MY_TYPE is understood as my-type. */
  readonly types: readonly string[];
  /** Agents that files know, for the same reason. */
  readonly agents?: readonly string[];
}

interface Variable {
  readonly name: string;
  readonly text: string;
}

/**
 * Reads `CLX_SECTION__KEY`, `CLX_WORKERS__TYPE__KEY` and, where those say nothing, the variables
 * of earlier systems. An empty variable counts as not set.
 */
export function readEnvironmentLayer(params: EnvironmentParams): LayerReading {
  const layer = new LayerBuilder("environment");
  const add = (id: string, key: Key, { name, text }: Variable) =>
    layer.addText({
      id,
      key,
      value: text,
      origin: { kind: "variable", variable: name },
      site: { what: name, folder: params.cwd, home: params.home },
    });

  for (const variable of variablesOf(params.env)) {
    const found = understand(variable.name, params);
    if (found === undefined) continue;
    if ("message" in found) tellUnknown(layer, variable, found.message);
    else add(found.id, found.key, variable);
  }
  for (const [id, key] of Object.entries(fixedKeys)) {
    const legacy = firstSet(params.env, key.legacy ?? []);
    if (legacy !== undefined && !layer.settings.has(id)) add(id, key, legacy);
  }
  return layer;
}

function variablesOf(env: Environment): Variable[] {
  return Object.keys(env)
    .toSorted()
    .map((name) => ({ name, text: env[name] ?? "" }))
    .filter(({ text }) => text !== "");
}

function firstSet(env: Environment, names: readonly string[]): Variable | undefined {
  const name = names.find((candidate) => env[candidate]);
  return name === undefined ? undefined : { name, text: env[name] ?? "" };
}

type Understood = { readonly id: string; readonly key: Key } | { readonly message: string };

/** `undefined`: it is none of ours. */
function understand(
  name: string,
  { types, agents = [] }: Pick<EnvironmentParams, "types" | "agents">,
): Understood | undefined {
  const root = Object.entries(rootKeys).find(([id]) => variableOf(id) === name);
  if (root !== undefined) return { id: root[0], key: root[1] };
  if (name.startsWith(serverPrefix)) {
    return ofSection({ prefix: serverPrefix, section: "server", keys: serverKeys }, name);
  }
  const [, agent, agentKey] = /^CLX_AGENTS__(.+?)__(.+)$/.exec(name) ?? [];
  if (agent !== undefined && agentKey !== undefined) {
    return ofAgent({
      agent: known(agent, agents),
      name: agentKey.toLowerCase(),
      prefix: `CLX_AGENTS__${agent}__`,
    });
  }
  const [, written, rest] = /^CLX_(WORKERS|WORKER_MANAGEMENT)__(.+)$/.exec(name) ?? [];
  if (written === undefined || rest === undefined) return undefined;
  const [, type, typeKey] = /^(.+?)__(.+)$/.exec(rest) ?? [];
  return type === undefined || typeKey === undefined
    ? ofSection({ prefix: `CLX_${written}__`, section: "workers", keys: workersKeys }, name)
    : ofType({
        type: typeNamed(type, types),
        name: typeKey.toLowerCase(),
        prefix: `CLX_${written}__${type}__`,
      });
}

const serverPrefix = "CLX_SERVER__";

interface Section {
  readonly prefix: string;
  readonly section: string;
  readonly keys: Keys;
}

function ofSection({ prefix, section, keys }: Section, variable: string): Understood {
  const rest = variable.slice(prefix.length);
  const name = rest.toLowerCase();
  const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
  if (key !== undefined) return { id: `${section}.${name}`, key };
  return unknownVariable(prefix, rest, Object.keys(keys));
}

interface TypeVariable {
  readonly type: string;
  readonly name: string;
  readonly prefix: string;
}

function ofType({ type, name, prefix }: TypeVariable): Understood {
  const key = Object.hasOwn(allTypeKeys, name) ? allTypeKeys[name] : undefined;
  if (key !== undefined && isTypeName(type)) return { id: `workers.${type}.${name}`, key };
  return unknownVariable(prefix, name.toUpperCase(), Object.keys(keysOfType(type)));
}

function unknownVariable(prefix: string, rest: string, keys: readonly string[]): Understood {
  const message = explainUnknown({
    what: `variable ${prefix}${rest}`,
    name: prefix + rest,
    here: keys.map((key) => prefix + key.toUpperCase()),
  });
  return { message };
}

interface AgentVariable {
  readonly agent: string;
  readonly name: string;
  readonly prefix: string;
}

function ofAgent({ agent, name, prefix }: AgentVariable): Understood {
  const key = Object.hasOwn(allAgentKeys, name) ? allAgentKeys[name] : undefined;
  if (key !== undefined && isTypeName(agent)) return { id: `agents.${agent}.${name}`, key };
  return unknownVariable(prefix, name.toUpperCase(), Object.keys(allAgentKeys));
}

function typeNamed(part: string, types: readonly string[]): string {
  return known(part, [...Object.keys(builtInTypes), ...types]);
}

/** Which of the names is spelled so in a variable. */
function known(part: string, names: readonly string[]): string {
  const asVariable = (name: string) => name.replaceAll("-", "_").toUpperCase();
  return names.find((name) => asVariable(name) === part) ?? part.toLowerCase();
}

function tellUnknown(layer: LayerBuilder, { name }: Variable, message: string): void {
  layer.tell({ origin: { kind: "variable", variable: name }, message });
}
