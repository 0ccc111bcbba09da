import { knownTypes } from "../../config/pool-settings.ts";
import type { MonitorParams } from "../../monitor/monitor.ts";
import type { ActionName } from "../../monitor/state.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { defineCommand } from "../command.ts";
import { stopAsAbort } from "../stop-signals.ts";
import { UsageError } from "../usage-error.ts";

export const monitor = defineCommand({
  name: "monitor",
  usage: "monitor [--read-only] [--ascii]",
  summary: "show workers, tasks and logs live, on the whole screen, and act on them",
  examples: [
    { wish: "see what runs, what waits and why, and what failed", line: "clx monitor" },
    { wish: "only look", line: "clx monitor --read-only" },
  ],
  details: `The keys it knows now are in its last line; ? tells all: arrows or hjkl move, enter opens a task
or worker, l shows a log, / filters, d drains, a aborts, c cancels, r retries, q quits. What ends
something asks first. It takes a terminal of at least 60 columns and 15 rows.`,
  options: {
    "read-only": { type: "boolean", help: "refuse drain, abort, cancel and retry" },
    ascii: { type: "boolean", help: "use no other characters than those of ASCII" },
  },
  async run({ terminal, openStore, clock, config, database }, { values }) {
    const { screen } = terminal;
    if (screen === undefined || terminal.json) {
      throw new UsageError(
        'the monitor takes a whole terminal, and there is none here; "clx status" prints the same once, "clx status --json" for a program, and "clx events --follow" tells what happens',
      );
    }
    const store = await openStore("read");
    const { Monitor } = await import("../../monitor/monitor.ts");
    const { explainWait } = await import("../../domain/explain-wait.ts");
    const { gatherWaitFacts } = await import("../../overview/wait-facts.ts");
    const { lookAtMachine } = await import("../../overview/look-at-machine.ts");
    const { readOverview } = await import("../../overview/read-overview.ts");
    const known = knownTypes(config);
    const stop = stopAsAbort();
    const { lossOf } = await import("../workers/lost-database.ts");
    try {
      return await new Monitor({
        ...screen,
        ...{ store, clock, stop: stop.signal },
        look: { ascii: values.ascii ?? terminal.isAscii, colours: terminal.hasColours },
        readOnly: values["read-only"] ?? false,
        readOverview: () => readOverview(store, lookAtMachine(known), clock()),
        explainWait: async (task) =>
          explainWait(
            task,
            await gatherWaitFacts({ store, now: clock(), knownTypes: known }, task),
          ),
        perform: performer(store, clock),
        lossOfStore: lossOf(database.path),
      }).run();
    } finally {
      stop.close();
    }
  },
});

function performer(store: TaskStore, clock: () => number): MonitorParams["perform"] {
  const reason = "cancelled from the monitor";
  const does: Record<ActionName, (id: string) => Promise<string>> = {
    async drain(workerId) {
      await store.changeWorker({ workerId, event: "drain", now: clock() });
      return `${workerId} is draining`;
    },
    async abort(workerId) {
      const { abortHere } = await import("../../library/abort-here.ts");
      await abortHere({ store, workerId, tasks: "fail" });
      return `${workerId} is aborted; none of its processes is left`;
    },
    async cancel(taskId) {
      const { state } = await store.cancel({ taskId, reason, now: clock() });
      return state === "cancelled"
        ? `${taskId} is cancelled`
        : `${taskId}: its worker has been asked to stop it`;
    },
    async retry(taskId) {
      const { retryAlone } = await import("../../library/conversation-in-use.ts");
      return `${taskId} is ${(await retryAlone(store, { taskId, now: clock() })).state} again`;
    },
  };
  return (action, id) => does[action](id);
}
