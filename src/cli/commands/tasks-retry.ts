import { defineCommand } from "../command.ts";
import { dryRunOption, wouldDoToTask } from "../dry-run.ts";
import { findTask } from "../find-by-prefix.ts";
import { forEachId } from "../for-each-id.ts";
import { taskJson } from "../present/json-shapes.ts";

export const tasksRetry = defineCommand({
  name: "tasks retry",
  usage: "tasks retry ID… [--dry-run]",
  summary: "let failed or cancelled tasks run again, with a full number of attempts",
  examples: [{ wish: "let a failed task run again", line: "clx tasks retry 0197" }],
  options: dryRunOption,
  words: { atLeast: 1, atMost: Number.POSITIVE_INFINITY },
  async run(context, { values, words }) {
    const { terminal, clock, openStore } = context;
    const store = await openStore("read");
    return await forEachId(context, words, async (word) => {
      const found = await findTask(store, word);
      if (values["dry-run"]) return wouldDoToTask(terminal, "retry", found);
      const { id } = found;
      const { retryAlone } = await import("../../library/conversation-in-use.ts");
      const task = await retryAlone(store, { taskId: id, now: clock() });
      if (terminal.json) terminal.printJson(taskJson(task));
      else terminal.print(`${id} is ${task.state} again`);
      return 0;
    });
  },
});
