import { defineCommand } from "../command.ts";
import { findTask } from "../find-by-prefix.ts";
import { forEachId } from "../for-each-id.ts";
import { taskJson } from "../present/json-shapes.ts";

export const tasksRetry = defineCommand({
  name: "tasks retry",
  usage: "tasks retry ID…",
  summary: "let failed or cancelled tasks run again, with a full number of attempts",
  examples: [{ wish: "let a failed task run again", line: "clx tasks retry 0197" }],
  options: {},
  words: { atLeast: 1, atMost: Number.POSITIVE_INFINITY },
  async run(context, { words }) {
    const { terminal, clock, openStore } = context;
    const store = await openStore("read");
    return await forEachId(context, words, async (word) => {
      const { id } = await findTask(store, word);
      const task = await store.retry({ taskId: id, now: clock() });
      if (terminal.json) terminal.printJson(taskJson(task));
      else terminal.print(`${id} is ${task.state} again`);
      return 0;
    });
  },
});
