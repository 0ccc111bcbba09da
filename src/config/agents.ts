import {
  type AgentSettings,
  type AgentsSettings,
  builtInAgents,
  defaultAgent,
} from "../agent/agent-settings.ts";

import { type Config, lookUpForAgent } from "./config.ts";
import { describeOrigin } from "./origin.ts";
import type { Problem } from "./problem.ts";
import { idleKeys } from "./schema/agent-keys.ts";
import { splitAgentKey } from "./schema/sections.ts";

/** The names of all agents: those of the configuration, and the one that is built in. */
export function agentNames(config: Pick<Config, "layers">): readonly string[] {
  return [...new Set([defaultAgent, ...namedAgents(config)])].toSorted();
}

/** The agents that the configuration says anything of. */
export function namedAgents({ layers }: Pick<Config, "layers">): readonly string[] {
  const named = layers.flatMap(({ settings }) =>
    [...settings.keys()].flatMap((id) => splitAgentKey(id)?.agent ?? []),
  );
  return [...new Set(named)];
}

/** The agents that tasks may name, from all layers. */
export function resolveAgents(config: Config): AgentsSettings {
  const agents = agentNames(config).map((name) => [name, resolveAgent(config, name)] as const);
  return { ...builtInAgents, ...Object.fromEntries(agents) };
}

function resolveAgent(config: Config, agent: string): AgentSettings {
  const of = <Name extends Parameters<typeof lookUpForAgent>[2]>(name: Name) =>
    lookUpForAgent(config, agent, name as Name).value;
  return present({
    runner: of("runner"),
    permission: of("permission"),
    command: of("command"),
    model: of("model"),
    key: of("key"),
    passEnv: of("pass_env"),
    env: of("env"),
    home: of("home"),
    prices: of("prices"),
    ...(of("runner") === "command"
      ? {
          lines: of("lines"),
          input: of("input"),
          modelArgs: of("model_args"),
          resumeArgs: of("resume_args"),
        }
      : {
          sdkFolder: of("sdk_folder"),
          projectSettings: of("project_settings"),
          keepConversationsMs: of("keep_conversations"),
        }),
  });
}

type Given = { readonly [Name in keyof AgentSettings]: AgentSettings[Name] | undefined };

function present(given: Given): AgentSettings {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as unknown as AgentSettings;
}

/** A program without a command, and keys that would change nothing. */
export function checkAgents(config: Config): Problem[] {
  return agentNames(config).flatMap((agent) => checkAgent(config, agent));
}

function checkAgent(config: Config, agent: string): Problem[] {
  const { value: runner, origin } = lookUpForAgent(config, agent, "runner");
  const idle = idleKeys(runner)
    .map((name) => ({ name, ...lookUpForAgent(config, agent, name) }))
    .filter((one) => one.origin.kind !== "default")
    .map((one) => ({
      key: `agents.${agent}.${one.name}`,
      origin: one.origin,
      message: `agents.${agent}.${one.name} has no effect: the runner is "${runner}" (${describeOrigin(origin)}); set agents.${agent}.runner, or remove it`,
    }));
  const command = lookUpForAgent(config, agent, "command").value;
  if (runner === "sdk" || command !== undefined) return idle;
  const message = `agents.${agent}.command is missing: the runner "command" (${describeOrigin(origin)}) needs a program, such as command = ["my-agent", "--json"]`;
  return [...idle, { key: `agents.${agent}.command`, origin, message }];
}
