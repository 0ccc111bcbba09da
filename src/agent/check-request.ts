import { nearestName } from "../domain/nearest-name.ts";
import type { AgentSettings, AgentsSettings } from "./agent-settings.ts";
import type { AgentOptions, AgentPayload } from "./agent-task.ts";
import { executorOf } from "./continue-task.ts";

/** What is wrong with a request that the schema takes, given the agents there are. */
export function flawOfRequest(payload: AgentPayload, agents: AgentsSettings): string | undefined {
  const name = executorOf(payload);
  const agent = Object.hasOwn(agents, name) ? agents[name] : undefined;
  if (agent !== undefined) return flawFor(payload, agent);
  const known = Object.keys(agents);
  const meant = nearestName(name, known);
  const hint =
    meant === undefined ? `configured are ${known.join(", ")}` : `did you mean ${meant}?`;
  return `there is no agent "${name}" (options.executor); ${hint}`;
}

/** An option that would have no effect with this agent, in words. */
export function flawFor(payload: AgentPayload, agent: AgentSettings): string | undefined {
  const { options = {}, resume } = payload;
  if (
    resume !== undefined &&
    options.executor !== undefined &&
    options.executor !== resume.executor
  ) {
    return `options.executor is "${options.executor}", but the conversation of task ${resume.fromTaskId} is ${resume.executor}'s; leave it out`;
  }
  const kept = resume?.worktree === undefined ? [] : settledOptions(payload);
  if (kept.length > 0) {
    return `${kept.join(" and ")} would have no effect: the conversation of task ${resume?.fromTaskId} goes on in its worktree; leave it out`;
  }
  if (agent.runner !== "command") return undefined;
  if (resume !== undefined && !canGoOn(agent)) {
    return "this agent cannot go on with a conversation: its configuration has no resume_args";
  }
  const unheard = agent.input === "text" ? unheardOptions(options, agent) : [];
  if (unheard.length === 0) return undefined;
  return `this agent is only told its instruction (agents.NAME.input is "text"): options.${unheard.join(", options.")} would have no effect`;
}

/** Whether it can be told to go on with a conversation. */
export function canGoOn({ runner, input, resumeArgs }: AgentSettings): boolean {
  return runner !== "command" || input !== "text" || resumeArgs !== undefined;
}

/** Whether what it is told is in its conversation for certain, also where it has not answered yet. */
export function keepsWhatItIsTold({ runner, lines }: AgentSettings): boolean {
  return runner === "sdk" || lines === "claude";
}

/** What a conversation in a worktree has settled once and for all. */
function settledOptions({ context, options }: AgentPayload): readonly string[] {
  const wish = options?.worktree;
  return [
    ...(context?.workingDirectory === undefined ? [] : ["context.workingDirectory"]),
    ...(wish?.baseBranch === undefined ? [] : ["options.worktree.baseBranch"]),
    ...(wish?.branchName === undefined ? [] : ["options.worktree.branchName"]),
  ];
}

const toldInJson = [
  "systemPrompt",
  "allowedTools",
  "disallowedTools",
  "permissionMode",
  "mcpServers",
] as const satisfies readonly (keyof AgentOptions)[];

function unheardOptions(options: AgentOptions, agent: AgentSettings): readonly string[] {
  const unheard: string[] = toldInJson.filter((name) => options[name] !== undefined);
  if (options.model !== undefined && agent.modelArgs === undefined) unheard.push("model");
  return unheard;
}
