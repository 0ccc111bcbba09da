import { parseWhole } from "../../config/number.ts";
import { defineCommand } from "../command.ts";
import { findTask } from "../find-by-prefix.ts";
import { awaitEnd } from "../tasks/await-end.ts";
import { readLog } from "../tasks/log-reader.ts";
import { type LogStyle, printLogLine } from "../tasks/print-log.ts";
import { endWords, exitCodeOf } from "../tasks/task-end.ts";

export const tasksLogs = defineCommand({
  name: "tasks logs",
  usage: "tasks logs ID [--follow] [--tail N] [--times]",
  summary: "print what a task has written",
  examples: [
    {
      wish: "the last lines, and what comes, until it ends",
      line: "clx tasks logs 0197 --follow --tail 20",
    },
    { wish: "all of it, with times", line: "clx tasks logs 0197 --times" },
  ],
  details:
    "With --follow it goes on until the task has ended, and exits with 0 if it completed, else 1.\nWhat an agent says and does is told in words; --json prints its log as it was written.",
  options: {
    follow: { type: "boolean", help: "go on until the task has ended" },
    tail: { type: "string", value: "N", help: "begin with the last N lines" },
    times: { type: "boolean", help: "with the time of each line" },
  },
  words: { atLeast: 1, atMost: 1 },
  async run({ openStore, terminal }, { values, words: [id = ""] }) {
    const store = await openStore("read");
    const { id: taskId, type } = await findTask(store, id);
    const tail =
      values.tail === undefined ? undefined : parseWhole(values.tail, "--tail", { atLeast: 0 });
    const log = readLog(store, taskId, { tail });
    const style = { times: values.times ?? false, split: false, ...(await faceOf(type)) };
    const print = async () => {
      for await (const piece of log.next()) printLogLine(terminal, piece, style);
    };
    await print();
    if (!values.follow) return 0;

    const task = await awaitEnd({ store, taskId, onLook: print });
    if (!terminal.json) terminal.note(endWords(task));
    return exitCodeOf(task);
  },
});

/** What an agent says and does is told in words. */
async function faceOf(type: string): Promise<Pick<LogStyle, "agent">> {
  if (type !== "agent") return {};
  const { AgentLines } = await import("../present/agent-lines.ts");
  return { agent: new AgentLines() };
}
