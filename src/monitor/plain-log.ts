import { setImmediate } from "node:timers/promises";
import { localClock } from "../cli/present/time.ts";
import { cleaned } from "../cli/terminal.ts";
import { isFinal } from "../domain/task-state.ts";
import { changes } from "../library/changes.ts";
import type { TaskStore } from "../store/task-store.ts";
import { ConversationLog } from "./conversation-log.ts";

export interface PlainLogParams {
  readonly store: TaskStore;
  readonly taskId: string;
  readonly output: NodeJS.WriteStream;
  /** Aborted: the reader wants to go back. */
  readonly stop: AbortSignal;
}

const pageSize = 1_000;

/** Prints a log where the terminal scrolls and copies, and goes on until told to stop. */
export async function printPlainLog({ store, taskId, output, stop }: PlainLogParams) {
  let after = 0;
  let isOver = false;
  const conversation = new ConversationLog();
  const say = (line: string) => output.write(`${line}\n`);
  say(`-- log of task ${taskId}; enter goes back to the monitor`);
  for await (const _ of changes(store, stop)) {
    const task = await store.findTask(taskId);
    for (let full = true; full && !stop.aborted; ) {
      const { lines } = await store.logsOf({ taskId, after, limit: pageSize });
      const told = task?.type === "agent" ? conversation.tell(lines) : lines;
      for (const { at, line } of told) say(`${localClock(at)} ${cleaned(line)}`);
      after = lines.at(-1)?.cursor ?? after;
      full = lines.length === pageSize;
      await setImmediate(); // a key may be waiting
    }
    if (!isOver && (task === undefined || isFinal(task.state))) {
      isOver = true;
      say(`-- task ${taskId} is ${task?.state ?? "removed"}; enter goes back to the monitor`);
    }
  }
}
