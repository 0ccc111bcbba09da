import { type AgentSettings, variablesOf } from "../../agent/agent-settings.ts";
import type { TaskInHand } from "../../worker/handler.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** What programs cannot do without; `CLX_WORKER_ID` is how an agent of a dead worker is found. */
const alwaysPassed = ["PATH", "LANG", "LC_ALL", "TZ", "CLX_WORKER_ID", "CLX_TEST_RUN"];

/** The worker's own, from which agents get what the configuration names. */
export function ownVariables(): Variables {
  return process.env;
}

export interface EnvironmentParams {
  readonly agent: AgentSettings;
  readonly task: Pick<TaskInHand<unknown>, "id" | "attempt">;
  /** Of this worker alone. */
  readonly workerHome: string;
  readonly temp: string;
  /** Of the agent, kept and shared by all workers. */
  readonly agentHome: string;
  readonly own: Variables;
}

/** All that the agent's program gets, built from nothing. */
export function agentEnvironment(params: EnvironmentParams): Record<string, string> {
  const { agent, task, own } = params;
  return {
    ...pick(own, [...alwaysPassed, ...variablesOf(agent)]),
    ...agent.env,
    HOME: params.workerHome,
    TMPDIR: params.temp,
    CLX_AGENT_HOME: params.agentHome,
    CLX_TASK_ID: task.id,
    CLX_ATTEMPT: String(task.attempt),
    CLX_TASK_MARK: taskMark(task),
  };
}

/** The value of `CLX_TASK_MARK`. */
export function taskMark({ id, attempt }: EnvironmentParams["task"]): string {
  return `${id}.${attempt}`;
}

function pick(own: Variables, names: readonly string[]): Record<string, string> {
  const found = names.flatMap((name) => {
    const value = own[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}
