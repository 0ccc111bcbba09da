import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { decodeEntry } from "../../../src/agent/agent-entry.ts";
import type { AgentEntry } from "../../../src/agent/agent-task.ts";
import { newId } from "../../../src/domain/ids.ts";
import { defaultRetry, type NewTask } from "../../../src/domain/task.ts";
import { identify } from "../../../src/machine/process-identity.ts";
import { processTable } from "../../../src/machine/process-table/open.ts";
import type { SeenProcess } from "../../../src/machine/process-table.ts";
import { type ServedClx, type ServeMode, ServerSite } from "../server.ts";
import { until } from "../until.ts";
import { FakeModel, type Script } from "./fake-model.ts";
import { sdkFolder } from "./sdk-stage.ts";

const program = fileURLToPath(new URL("scripted-agent.ts", import.meta.url));

/** A server as users start it, whose agents are a program of ours, and Claude with a model that follows a script. */
export class DrillSite {
  readonly site: ServerSite;
  readonly model: FakeModel;
  readonly folder: string;

  private constructor(site: ServerSite, model: FakeModel) {
    this.site = site;
    this.model = model;
    this.folder = join(site.folder, "project");
    mkdirSync(this.folder);
  }

  static async open(script: Script = () => undefined, workers = 1): Promise<DrillSite> {
    const model = await FakeModel.open(script);
    onTestFinished(() => model.close());
    const argv = [process.execPath, "--disable-warning=ExperimentalWarning", program];
    const variables = Object.entries(model.env).map(
      ([name, value]) => `${name} = ${JSON.stringify(value)}`,
    );
    const config = `
[workers.agent]
count = ${workers}

[agents.scripted]
runner = "command"
command = ${JSON.stringify(argv)}

[agents.claude]
${sdkFolder === "" ? "" : `sdk_folder = ${JSON.stringify(sdkFolder)}`}
permission = "acceptEdits"
model = "claude-sonnet-5"
env = { ${variables.join(", ")} }
`;
    return new DrillSite(new ServerSite({ config }), model);
  }

  async serve(mode: ServeMode): Promise<ServedClx> {
    return await this.site.serve(mode);
  }

  async submit(instruction: string, options: object = {}): Promise<string> {
    const id = newId(Date.now());
    const context = { workingDirectory: this.folder };
    const task: NewTask = {
      ...{ id, type: "agent", queue: "default", priority: 0, after: [] },
      payload: { instruction, context, options: { ...options } },
      retry: { ...defaultRetry, backoffMs: 10, maxBackoffMs: 50 },
      onDependencyFailure: "skip",
    };
    const store = await this.site.store();
    await store.submit({ tasks: [task], now: Date.now() });
    return id;
  }

  async entries(taskId: string): Promise<AgentEntry[]> {
    const store = await this.site.store();
    const { lines } = await store.logsOf({ taskId, after: 0, limit: 5_000 });
    return lines.flatMap(({ stream, line }) => (stream === "log" ? (decodeEntry(line) ?? []) : []));
  }

  async untilTold(taskId: string, kind: AgentEntry["kind"]): Promise<void> {
    await until(async () => (await this.entries(taskId)).some((entry) => entry.kind === kind));
  }

  /** Processes that work on the task, the agent's own first: it is the oldest. */
  agentsOf(taskId: string): readonly SeenProcess[] {
    const isOf = (pid: number) => environmentOf(pid).includes(`CLX_TASK_ID=${taskId}`);
    const table = processTable();
    const seen = table.read(table.pids().filter(isOf));
    return [...seen].sort((a, b) => a.startOrder - b.startOrder);
  }

  async untilAgent(taskId: string): Promise<number> {
    return await until(() => this.agentsOf(taskId)[0]?.pid);
  }

  /** The process of the worker that has the task. */
  async workerOf(taskId: string): Promise<number> {
    const { workerId } = await this.site.task(taskId);
    const worker = (await this.site.workers()).find(({ id }) => id === workerId);
    if (worker?.process === undefined) throw new Error(`nobody works on ${taskId}`);
    return worker.process.pid;
  }

  async untilGone(processes: readonly SeenProcess[]): Promise<void> {
    const isGone = ({ pid, startedAt }: SeenProcess) => identify(pid)?.startedAt !== startedAt;
    await until(() => processes.every(isGone));
  }

  async untilNoAgent(taskId: string): Promise<void> {
    await until(() => this.agentsOf(taskId).length === 0);
  }
}

function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}
