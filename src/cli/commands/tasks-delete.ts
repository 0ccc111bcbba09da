import { workFolders } from "../../config/work-folders.ts";
import { removeCheckpoint } from "../../machine/checkpoint-folder.ts";
import { defineCommand } from "../command.ts";
import { dryRunOption, wouldDoToTask } from "../dry-run.ts";
import { findTask } from "../find-by-prefix.ts";
import { forEachId } from "../for-each-id.ts";

export const tasksDelete = defineCommand({
  name: "tasks delete",
  usage: "tasks delete ID… [--dry-run]",
  summary: "remove tasks that have ended, with their attempts and logs",
  examples: [{ wish: "remove a task that has ended", line: "clx tasks delete 0197" }],
  options: dryRunOption,
  words: { atLeast: 1, atMost: Number.POSITIVE_INFINITY },
  async run(context, { values, words }) {
    const { terminal, openStore, database } = context;
    const { checkpointFolder } = workFolders(database.path);
    const store = await openStore("read");
    return await forEachId(context, words, async (word) => {
      const found = await findTask(store, word);
      if (values["dry-run"]) return wouldDoToTask(terminal, "delete", found);
      const { id } = found;
      await store.deleteTask({ taskId: id, now: Date.now() });
      await removeCheckpoint(checkpointFolder, id);
      if (terminal.json) terminal.printJson({ id, deleted: true });
      else terminal.print(`${id} is deleted`);
      return 0;
    });
  },
});
