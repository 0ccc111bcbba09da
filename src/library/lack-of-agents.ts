import { resolveAgents } from "../config/agents.ts";
import type { Config } from "../config/config.ts";
import { lackOfSdk } from "../workers/agent/runners/load-sdk.ts";

/** Why none of the configured agents can be used; `undefined` when one can. */
export function lackOfAgents(config: Config): string | undefined {
  const lacks = Object.values(resolveAgents(config)).map(({ runner, sdkFolder }) =>
    runner === "sdk" ? lackOfSdk(sdkFolder) : undefined,
  );
  if (lacks.some((lack) => lack === undefined)) return undefined;
  return `no agent can be used: ${lacks[0]}. Or configure one that is a program: a table [agents.NAME] with runner = "command"`;
}
