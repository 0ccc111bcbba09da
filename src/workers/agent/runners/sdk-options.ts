import type { AgentToolServer } from "../../../agent/agent-task.ts";
import type { AgentWork } from "../runner.ts";
import { conversationFolder } from "./conversation-folder.ts";

/** What it would send to others than its model, and what it would change of itself, is off. */
const quiet = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  DISABLE_TELEMETRY: "1",
  DISABLE_ERROR_REPORTING: "1",
  DISABLE_AUTOUPDATER: "1",
  DISABLE_UPDATES: "1",
  /** What does not pass soon is tried again with the whole task. */
  CLAUDE_CODE_MAX_RETRIES: "4",
} as const;

/** All but how its program is started and heard. */
export async function sdkOptions(work: AgentWork): Promise<object> {
  const { payload, folder, sessionId, goesOn, permission, model, budget, agent } = work;
  const { systemPrompt, allowedTools, disallowedTools, mcpServers } = payload.options ?? {};
  return {
    cwd: folder,
    env: { ...quiet, ...work.env, CLAUDE_CONFIG_DIR: await conversationFolder(work) },
    ...(goesOn ? { resume: sessionId } : { sessionId }),
    includePartialMessages: true,
    permissionMode: permission,
    ...(permission === "bypassPermissions" && { allowDangerouslySkipPermissions: true }),
    permissionPrompts: "none",
    settingSources: agent.projectSettings === true ? ["project"] : [],
    strictMcpConfig: true,
    systemPrompt: {
      ...{ type: "preset", preset: "claude_code" },
      ...(systemPrompt !== undefined && { append: systemPrompt }),
    },
    ...(model !== undefined && { model }),
    ...(allowedTools !== undefined && { allowedTools }),
    ...(disallowedTools !== undefined && { disallowedTools }),
    ...(mcpServers !== undefined && {
      mcpServers: Object.fromEntries(Object.entries(mcpServers).map(serverEntry)),
      mcpServersDelivery: "initialize",
    }),
    ...(budget.turns !== undefined && { maxTurns: budget.turns }),
    ...(budget.costUsd !== undefined && { maxBudgetUsd: budget.costUsd }),
  };
}

function serverEntry([name, server]: [string, AgentToolServer]) {
  return [name, { type: "stdio", ...server }] as const;
}
