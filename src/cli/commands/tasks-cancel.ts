import { defineCommand } from "../command.ts";
import { dryRunOption, wouldDoToTask } from "../dry-run.ts";
import { findTask } from "../find-by-prefix.ts";
import { forEachId } from "../for-each-id.ts";
import { taskJson } from "../present/json-shapes.ts";

export const tasksCancel = defineCommand({
  name: "tasks cancel",
  usage: "tasks cancel ID… [--reason TEXT] [--dry-run]",
  summary: "stop tasks for good; a running one gets SIGTERM first",
  examples: [
    { wish: "stop a task and say why", line: "clx tasks cancel 0197 --reason 'wrong input'" },
  ],
  options: {
    reason: { type: "string", value: "TEXT", help: "why, for whoever looks at it later" },
    ...dryRunOption,
  },
  words: { atLeast: 1, atMost: Number.POSITIVE_INFINITY },
  async run(context, { values, words }) {
    const { terminal, clock, openStore } = context;
    const store = await openStore("read");
    const reason = values.reason ?? "cancelled from the command line";
    return await forEachId(context, words, async (word) => {
      const found = await findTask(store, word);
      if (values["dry-run"]) return wouldDoToTask(terminal, "cancel", found);
      const { id } = found;
      const task = await store.cancel({ taskId: id, reason, now: clock() });
      if (terminal.json) terminal.printJson(taskJson(task));
      else if (task.state === "cancelled") terminal.print(`${id} is cancelled`);
      else terminal.print(`${id} is ${task.state}; its worker has been asked to stop it`);
      return 0;
    });
  },
});
