import { parseDuration } from "../../config/duration.ts";
import { defineCommand } from "../command.ts";
import { findTask } from "../find-by-prefix.ts";
import { forEachId } from "../for-each-id.ts";
import { WaitProgress } from "../progress/wait-progress.ts";
import { waitAndTell } from "../tasks/wait-and-tell.ts";

export const tasksWait = defineCommand({
  name: "tasks wait",
  usage: "tasks wait ID… [--timeout DURATION]",
  summary: "wait until tasks have ended",
  examples: [
    {
      wish: "wait for two tasks, but no longer than ten minutes",
      line: "clx tasks wait 0197 0198 --timeout 10m",
    },
  ],
  details:
    "Exits with 0 if all of them completed, 1 if one failed or was cancelled, 6 when the time is up.\nThe tasks go on when the waiting ends.",
  options: {
    timeout: { type: "string", value: "DURATION", help: "wait no longer than this, all in all" },
  },
  words: { atLeast: 1, atMost: Number.POSITIVE_INFINITY },
  async run(context, { values, words }) {
    const store = await context.openStore("read");
    const within =
      values.timeout === undefined ? undefined : parseDuration(values.timeout, "--timeout");
    const until = within === undefined ? undefined : performance.now() + within;
    const { terminal, clock } = context;
    const progress = new WaitProgress({ terminal, store, clock, total: words.length });
    return await forEachId(context, words, async (word) => {
      const { id: taskId } = await findTask(store, word);
      const withinMs = until === undefined ? undefined : Math.max(0, until - performance.now());
      return await waitAndTell(context, { taskId, withinMs, progress });
    });
  },
});
