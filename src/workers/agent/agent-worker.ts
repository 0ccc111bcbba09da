import { agentPayloadSchema } from "../../agent/agent-schema.ts";
import type { AgentsSettings } from "../../agent/agent-settings.ts";
import type { AgentPayload } from "../../agent/agent-task.ts";
import { executorOf } from "../../agent/continue-task.ts";
import {
  defineWorker,
  type PayloadSchema,
  TaskError,
  type TaskInHand,
} from "../../worker/handler.ts";
import { AgentRun } from "./agent-run.ts";
import { agentsIn } from "./read-settings.ts";
import { removeLeftHomes, WorkerHome } from "./worker-home.ts";

interface Opened {
  readonly agents: AgentsSettings;
  readonly home: WorkerHome;
}

const opened = new Map<string, Opened>();

/**
 * The worker type `agent`: has a coding agent do what a task says.
 *
 * Theory of operation
 *
 * A task names one of the configured agents. Its runner (`runner.ts`) starts the agent in the
 * task's folder and tells what it does; `Conversation` writes that to the log, counts, and stops
 * the agent when a budget is used up.
 *
 * Where it works. In the folder that the task names; in a git worktree of the task's own, when it
 * asks for one; or in an empty folder of the task's own. HOME and TMPDIR are the worker's, and are
 * gone with it. What makes conversations go on is kept in the agents' home, among the checkpoints.
 * The environment is built from nothing: see `agent-environment.ts`.
 *
 * How it ends. An agent that ends by itself completes the task. A used-up budget fails it as
 * `over_budget`, an agent that cannot work fails it with that cause; both have a result all the
 * same, with which another task goes on. Overload and network faults are tried again.
 *
 * Another attempt. After a fault that passes the conversation is whole, and the next attempt goes
 * on with it. When its worker died, an agent may have done half of its work: the next attempt
 * begins a new conversation, and is told, as is the log, what was left behind.
 *
 * Processes. When the attempt ends, however it does, all that the agent has started is ended with
 * it. When the worker is killed, its supervisor does that, and a keeper that waits for nothing
 * else (`keeper.ts`): also where the supervisor has died with it.
 */
export default defineWorker<AgentPayload>({
  type: "agent",
  schema: agentPayloadSchema as unknown as PayloadSchema<AgentPayload>,
  async open({ workerId, settings }) {
    await removeLeftHomes();
    opened.set(workerId, { agents: agentsIn(settings), home: await WorkerHome.make() });
  },
  async handle(task, ctx) {
    const worker = opened.get(ctx.workerId);
    if (worker === undefined) throw new Error(`worker ${ctx.workerId} was not opened`);
    const { agents, home } = worker;
    const run = await AgentRun.prepare({ task, ctx, agent: agentFor(task, agents), home });
    return await run.run();
  },
  async close() {
    for (const [workerId, { home }] of opened) {
      opened.delete(workerId);
      await home.remove();
    }
  },
});

function agentFor({ payload }: TaskInHand<AgentPayload>, agents: AgentsSettings) {
  const name = executorOf(payload);
  const settings = Object.hasOwn(agents, name) ? agents[name] : undefined;
  if (settings !== undefined) return { name, settings };
  const known = Object.keys(agents).join(", ");
  throw new TaskError(
    "user_error",
    `there is no agent "${name}" (options.executor); configured are ${known}`,
  );
}
