import { knownTypes } from "../../config/pool-settings.ts";
import { startHint } from "../../domain/start-hint.ts";
import type { Task } from "../../domain/task.ts";
import { isFinal } from "../../domain/task-state.ts";
import type { CommandContext } from "../command.ts";
import type { AgentLines } from "../present/agent-lines.ts";
import { taskJson } from "../present/json-shapes.ts";
import { WaitProgress } from "../progress/wait-progress.ts";
import type { Attendance } from "./attend-task.ts";
import { awaitEnd } from "./await-end.ts";
import { readLog } from "./log-reader.ts";
import { type LogStyle, printLogLine } from "./print-log.ts";
import { endWords, exitCodeOf, resultOf } from "./task-end.ts";

export interface WaitParams {
  readonly taskId: string;
  readonly withinMs?: number | undefined;
  /** Print the log meanwhile. */
  readonly follow?: LogStyle | undefined;
  /** Whoever sees to it that a worker comes. */
  readonly attendance?: Pick<Attendance, "look"> | undefined;
  /** Of several waits after each other; of this one alone by default. */
  readonly progress?: WaitProgress;
}

/** Waits for a task's end, says how it ended, and answers with the exit code for it. */
export async function waitAndTell(context: CommandContext, params: WaitParams): Promise<number> {
  const { terminal } = context;
  const { taskId, withinMs, follow, attendance } = params;
  const store = await context.openStore("read");
  const { progress = new WaitProgress({ terminal, store, clock: context.clock, total: 1 }) } =
    params;
  const log = follow && readLog(store, taskId);
  let face: LogStyle | undefined;
  const faceFor = async ({ type }: Task, style: LogStyle) => {
    face ??= type === "agent" ? { ...style, agent: await agentLines() } : style;
    return face;
  };
  let warned = false;
  const task = await awaitEnd({
    store,
    taskId,
    withinMs,
    onLook: async (seen) => {
      if (log) {
        for await (const piece of log.next()) {
          printLogLine(terminal, piece, await faceFor(seen, follow));
          progress.spoke();
        }
      }
      await attendance?.look(seen);
      if (!warned) warned = await warnThatNobodyComes(context, seen);
      await progress.look(seen);
    },
  }).finally(() => progress.close());
  progress.end(task);
  if (terminal.json) {
    terminal.printJson(taskJson(task));
  } else {
    // Who has followed an agent has read what it said.
    const isRead = follow !== undefined && task.type === "agent";
    if (params.progress === undefined && !isRead) printResult(context, task);
    tellEnd(context, task, follow !== undefined);
  }
  return exitCodeOf(task);
}

async function agentLines(): Promise<AgentLines> {
  const { AgentLines: Lines } = await import("../present/agent-lines.ts");
  return new Lines();
}

/** Of the only task that is waited for. */
function printResult({ terminal }: CommandContext, task: Task): void {
  const result = resultOf(task);
  if (result !== undefined) terminal.print(result);
}

function tellEnd({ terminal }: CommandContext, task: Task, followed: boolean): void {
  // The last lines of an agent's log are pieces of its conversation, and no words.
  const isTold = task.state === "failed" && !followed && task.type !== "agent";
  const tail = isTold ? task.failure?.logTail : undefined;
  if (tail) terminal.note(terminal.harmless(tail));
  terminal.note(endWords(task));
}

/** Once, and only while nobody could take the task. */
async function warnThatNobodyComes(context: CommandContext, task: Task): Promise<boolean> {
  if (isFinal(task.state) || task.state === "running") return true;
  const store = await context.openStore("read");
  const workers = await store.listWorkers({
    type: task.type,
    states: ["created", "idle", "busy", "hung"],
  });
  if (!workers.some(({ queue }) => queue === task.queue)) {
    context.terminal.hint(
      `no worker is there for type "${task.type}" in queue "${task.queue}" yet; ${startHint(task, knownTypes(context.config))}`,
    );
  }
  return true;
}
