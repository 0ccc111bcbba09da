import { IllegalTransitionError } from "../../domain/errors.ts";
import { begunFirst, fewOf } from "../../domain/taken-ahead.ts";
import type { Worker } from "../../domain/worker.ts";
import { isLive } from "../../domain/worker-state.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { defineCommand } from "../command.ts";
import { dryRunOption, wouldDoToWorker } from "../dry-run.ts";
import { findWorker } from "../find-by-prefix.ts";
import { forEachId } from "../for-each-id.ts";
import { workerJson } from "../present/json-shapes.ts";
import { confirm } from "../workers/confirm.ts";

export const workersAbort = defineCommand({
  name: "workers abort",
  usage: "workers abort ID… [--requeue] [--yes] [--dry-run]",
  summary: "end workers now, with all their processes",
  examples: [
    { wish: "end a worker now; its task fails", line: "clx workers abort direct-command-0" },
    {
      wish: "the same without a question; its task runs again",
      line: "clx workers abort direct-command-0 --requeue --yes",
    },
  ],
  details:
    'The tasks that they run fail at once with the reason "aborted"; with --requeue they run again,\nand another worker takes its place. Without it the pool wants one worker fewer from then on.\nAsks first; --yes (or --force) says so beforehand.',
  options: {
    requeue: { type: "boolean", help: "let their tasks run again" },
    yes: { type: "boolean", help: "do not ask" },
    force: { type: "boolean", help: "the same as --yes" },
    ...dryRunOption,
  },
  words: { atLeast: 1, atMost: Number.POSITIVE_INFINITY },
  async run(context, { values, words }) {
    const { terminal, openStore } = context;
    const store = await openStore("read");
    const { abortHere } = await import("../../library/abort-here.ts");
    const tasks = values.requeue ? "requeue" : "fail";
    return await forEachId(context, words, async (word) => {
      const found = await findWorker(store, word);
      if (values["dry-run"]) return wouldDoToWorker(terminal, "abort", found);
      if (!isLive(found.state)) {
        throw new IllegalTransitionError("worker", found.state, "abort", found.id);
      }
      if (!values.yes && !values.force) {
        const question = await questionFor(found, tasks, store);
        await confirm(terminal, { question, flag: "--yes" });
      }
      const worker = await abortHere({ store, workerId: found.id, tasks });
      if (terminal.json) terminal.printJson(workerJson(worker));
      else terminal.print(`${worker.id} is aborted; none of its processes is left`);
      return 0;
    });
  },
});

async function questionFor(
  { id, taskIds }: Worker,
  tasks: "fail" | "requeue",
  store: TaskStore,
): Promise<string> {
  const found = await Promise.all(taskIds.map((taskId) => store.findTask(taskId)));
  const known = found.filter((task) => task !== undefined);
  const fails = taskIds.length === 1 ? "fails" : "fail";
  const runs = taskIds.length === 1 ? "runs" : "run";
  const fate = tasks === "fail" ? fails : `${runs} again`;
  const held = fewOf(begunFirst(taskIds, known));
  const what = taskIds.length === 0 ? "" : ` (${held}, which it runs, ${fate})`;
  return `abort worker ${id}${what}?`;
}
