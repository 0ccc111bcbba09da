import { liveWorkerStates } from "../../domain/worker-state.ts";
import { defineCommand } from "../command.ts";
import { confirm } from "../workers/confirm.ts";

export const workersCleanup = defineCommand({
  name: "workers cleanup",
  usage: "workers cleanup [--all] [--force]",
  summary: "end orphaned and hung workers, give back their tasks, remove dead records",
  examples: [
    { wish: "end what nobody keeps any more", line: "clx workers cleanup" },
    { wish: "end all workers, without a question", line: "clx workers cleanup --all --force" },
  ],
  details:
    "With --all it ends every worker, healthy ones too; their tasks run again. That asks first;\n--force says yes beforehand. Supervisors that run start new workers for those that they lose.",
  options: {
    all: { type: "boolean", help: "end all workers, not only the orphaned and hung" },
    force: { type: "boolean", help: "do not ask" },
  },
  async run({ openStore, terminal, clock }, { values }) {
    const store = await openStore("read");
    const all = values.all ?? false;
    if (all && !values.force) {
      const { length } = await store.listWorkers({ states: liveWorkerStates });
      const question = `end ${length} live workers and let their tasks run again?`;
      if (length > 0) await confirm(terminal, { question, flag: "--force" });
    }
    const { cleanUpWorkers } = await import("../../library/clean-up-workers.ts");
    const { ended, removed } = await cleanUpWorkers({ store, all, now: clock });
    if (terminal.json) {
      terminal.printJson({ ended_workers: ended, removed_records: removed });
    } else {
      for (const { id, reason } of ended) terminal.print(`${id} is ended: ${reason}`);
      terminal.print(`removed ${removed} ${removed === 1 ? "record" : "records"} of ended workers`);
    }
    return 0;
  },
});
