import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeEntry } from "../../../src/agent/agent-entry.ts";
import type { AgentSettings, AgentsSettings } from "../../../src/agent/agent-settings.ts";
import type { AgentEntry, AgentPayload } from "../../../src/agent/agent-task.ts";
import { newId } from "../../../src/domain/ids.ts";
import type { JsonValue } from "../../../src/domain/json.ts";
import { defaultRetry, type NewTask, type Task } from "../../../src/domain/task.ts";
import { until } from "../until.ts";
import { type StartedWorker, WorkerStage, type WorkerWish } from "../worker-stage.ts";

const handler = new URL("../../../src/workers/agent/agent-worker.ts", import.meta.url).href;
const program = fileURLToPath(new URL("scripted-agent.ts", import.meta.url));

/** The agent of `scripted-agent.ts`. */
export const scripted: AgentSettings = {
  runner: "command",
  command: { argv: [process.execPath, "--disable-warning=ExperimentalWarning", program], cwd: "/" },
};

/** Workers of the type `agent` in real processes. */
export class AgentStage {
  readonly stage: WorkerStage;
  readonly folder: string;
  readonly workers: StartedWorker[] = [];
  readonly #agents: AgentsSettings;

  private constructor(stage: WorkerStage, agents: AgentsSettings) {
    this.stage = stage;
    this.#agents = agents;
    this.folder = join(stage.folder, "project");
    mkdirSync(this.folder);
  }

  static async open(agents: AgentsSettings = { scripted }): Promise<AgentStage> {
    return new AgentStage(await WorkerStage.open(), agents);
  }

  async startWorker(wish: WorkerWish = {}): Promise<StartedWorker> {
    const launch = await this.stage.register({ type: "agent", handler, ...wish });
    const worker = this.stage.spawn({ ...launch, settings: { agents: this.#agents } });
    this.workers.push(worker);
    return worker;
  }

  /** What a supervisor writes down once it has seen a worker's end; its agents are not looked for. */
  async bury({ id, ended }: StartedWorker): Promise<void> {
    await ended;
    await this.stage.store.endWorker({
      workerId: id,
      event: "fail",
      tasks: {
        kind: "failed",
        failure: { kind: "worker_died", message: "its worker was killed" },
      },
      ending: { reason: "killed", signal: "SIGKILL" },
      now: Date.now(),
      jitter: 0,
    });
  }

  /** Until the log tells something of that kind. */
  async untilTold<Kind extends AgentEntry["kind"]>(
    taskId: string,
    kind: Kind,
  ): Promise<Extract<AgentEntry, { kind: Kind }>> {
    return await until(async () => {
      const found = (await this.entries(taskId)).find((entry) => entry.kind === kind);
      return found as Extract<AgentEntry, { kind: Kind }> | undefined;
    });
  }

  async submit(payload: Partial<AgentPayload>, extra: Partial<NewTask> = {}): Promise<string> {
    const whole = {
      context: { workingDirectory: this.folder },
      ...payload,
      options: { executor: "scripted", ...payload.options },
    };
    const id = newId(Date.now());
    const task: NewTask = {
      ...{ id, type: "agent", queue: "default", payload: whole as unknown as JsonValue },
      retry: { ...defaultRetry, backoffMs: 1, maxBackoffMs: 5 },
      ...{ priority: 0, after: [], onDependencyFailure: "skip" },
      ...extra,
    };
    await this.stage.store.submit({ tasks: [task], now: Date.now() });
    return id;
  }

  /** What its log tells, oldest first. */
  async entries(taskId: string): Promise<AgentEntry[]> {
    const { lines } = await this.stage.store.logsOf({ taskId, after: 0, limit: 5_000 });
    return lines.flatMap(({ stream, line }) => (stream === "log" ? (decodeEntry(line) ?? []) : []));
  }

  async run(payload: Partial<AgentPayload>, extra: Partial<NewTask> = {}): Promise<Task> {
    return await this.stage.untilEnded(await this.submit(payload, extra));
  }
}
