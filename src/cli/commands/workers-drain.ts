import { defineCommand } from "../command.ts";
import { dryRunOption, wouldDoToWorker } from "../dry-run.ts";
import { findWorker } from "../find-by-prefix.ts";
import { forEachId } from "../for-each-id.ts";
import { workerJson } from "../present/json-shapes.ts";

export const workersDrain = defineCommand({
  name: "workers drain",
  usage: "workers drain ID… [--dry-run]",
  summary: "let workers finish what they have and leave",
  examples: [
    {
      wish: "let the one whose name begins so finish and leave",
      line: "clx workers drain direct-command-0",
    },
  ],
  details:
    "It stays gone: its pool wants one worker fewer from then on, until that is started anew or one is\nadded in the monitor.",
  options: dryRunOption,
  words: { atLeast: 1, atMost: Number.POSITIVE_INFINITY },
  async run(context, { values, words }) {
    const { terminal, clock, openStore } = context;
    const store = await openStore("read");
    return await forEachId(context, words, async (word) => {
      const found = await findWorker(store, word);
      if (values["dry-run"]) return wouldDoToWorker(terminal, "drain", found);
      const { id } = found;
      const worker = await store.changeWorker({ workerId: id, event: "drain", now: clock() });
      if (terminal.json) terminal.printJson(workerJson(worker));
      else terminal.print(`${id} is draining: ${tasksLeft(worker.taskIds.length)}, then it leaves`);
      return 0;
    });
  },
});

function tasksLeft(count: number): string {
  if (count === 0) return "it has no task";
  return count === 1 ? "it finishes its task" : `it finishes its ${count} tasks`;
}
