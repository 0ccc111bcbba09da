import { resolveAgents } from "../config/agents.ts";
import { type Config, lookUpForType } from "../config/config.ts";
import { lackOfSdk } from "../workers/agent/runners/load-sdk.ts";

/**
 * Why none of the configured agents can be used, as things stand now; `undefined` when one can, and
 * where the answer is not ours: workers of the user's own module, or those in containers.
 */
export function lackOfAgents(config: Config): string | undefined {
  const mode = lookUpForType(config, "agent", "execution_mode").value;
  if (config.ownTypes.includes("agent") || mode === "docker") return undefined;
  const lacks = Object.values(resolveAgents(config)).map(({ runner, sdkFolder }) =>
    runner === "sdk" ? lackOfSdk(sdkFolder) : undefined,
  );
  if (lacks.some((lack) => lack === undefined)) return undefined;
  return `no agent can be used: ${lacks[0]}. Or configure one that is a program: a table [agents.NAME] with runner = "command"`;
}
