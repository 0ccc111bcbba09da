import type { AgentSettings } from "../../agent/agent-settings.ts";
import { namedAgents, resolveAgents } from "../../config/agents.ts";
import type { Config } from "../../config/config.ts";
import { type Check, judged } from "../../diagnosis/check.ts";
import { findProgram } from "../../diagnosis/check-tools.ts";
import { lackOfSdk } from "../../workers/agent/runners/load-sdk.ts";

const { ok, problem, warning } = judged("tools");

export interface AgentChecks {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
}

/** Which of the configured agents could work here. */
export function checkAgents({ config, env }: AgentChecks): readonly Check[] {
  const named = namedAgents(config);
  return Object.entries(resolveAgents(config)).flatMap(([agent, settings]) => {
    const lack = lackOf(agent, settings, env);
    if (lack !== undefined && !named.includes(agent)) {
      return [
        ok(`agent_${agent}`, `The agent ${agent} is not installed, and nothing asks for it.`),
      ];
    }
    const found = lack ?? ok(`agent_${agent}`, `The agent ${agent} is there.`);
    return [found, ...checkKey(agent, settings, env)];
  });
}

function lackOf(
  agent: string,
  { runner, command, sdkFolder }: AgentSettings,
  env: NodeJS.ProcessEnv,
): Check | undefined {
  if (runner === "sdk") {
    const lack = lackOfSdk(sdkFolder);
    const fix = "Install it, or remove the table.";
    const message = `The agent ${agent} cannot work: ${lack}.`;
    return lack === undefined ? undefined : problem({ name: `agent_${agent}`, message, fix });
  }
  const [program = ""] = command?.argv ?? [];
  const path = program.replaceAll("{folder}", command?.cwd ?? ".");
  // A name with a variable part is known when a task is there.
  if (path.includes("{") || findProgram(path, env, command?.cwd) !== undefined) return undefined;
  return problem({
    name: `agent_${agent}`,
    message: `The agent ${agent} is the program ${path}, and there is no such program that we may run.`,
    fix: `Install it, put it into PATH, or correct agents.${agent}.command.`,
  });
}

function checkKey(agent: string, { key }: AgentSettings, env: NodeJS.ProcessEnv): readonly Check[] {
  if (key === undefined || env[key]) return [];
  return [
    warning({
      name: `agent_${agent}_key`,
      message: `The key of the agent ${agent} is to be in the variable ${key}, which is not set here.`,
      fix: `Set it where workers are started, or correct agents.${agent}.key.`,
    }),
  ];
}
