import { resolveWorkerPolicy } from "../../config/worker-policy.ts";
import { liveWorkerStates } from "../../domain/worker-state.ts";
import type { CleanedUp } from "../../library/clean-up-workers.ts";
import { silenceLimitsFor } from "../../supervisor/options.ts";
import { defineCommand } from "../command.ts";
import { counted } from "../present/counted.ts";
import type { Terminal } from "../terminal.ts";
import { confirm } from "../workers/confirm.ts";

export const workersCleanup = defineCommand({
  name: "workers cleanup",
  usage: "workers cleanup [--all] [--force] [--dry-run]",
  summary: "end orphaned and hung workers, give back their tasks, remove dead records",
  examples: [
    { wish: "end what nobody keeps any more", line: "clx workers cleanup" },
    { wish: "only say what that would end and remove", line: "clx workers cleanup --dry-run" },
    { wish: "end all workers, without a question", line: "clx workers cleanup --all --force" },
  ],
  details:
    "With --all it ends every worker, healthy ones too; their tasks run again. That asks first;\n--force says yes beforehand. Supervisors that run start new workers for those that they lose.",
  options: {
    all: { type: "boolean", help: "end all workers, not only the orphaned and hung" },
    force: { type: "boolean", help: "do not ask" },
    "dry-run": { type: "boolean", help: "say what would happen, and change nothing" },
  },
  async run({ openStore, config, terminal, clock }, { values }) {
    const store = await openStore("read");
    const { all = false, "dry-run": dry = false } = values;
    if (all && !values.force && !dry) {
      const { length } = await store.listWorkers({ states: liveWorkerStates });
      const question = `end ${counted(length, "live worker")} and let ${length === 1 ? "its" : "their"} tasks run again?`;
      if (length > 0) await confirm(terminal, { question, flag: "--force" });
    }
    const { cleanUpWorkers, planCleanUp } = await import("../../library/clean-up-workers.ts");
    const { timing, startupTimeoutMs } = resolveWorkerPolicy(config);
    const limits = silenceLimitsFor(timing, { startupTimeoutMs });
    const act = dry ? planCleanUp : cleanUpWorkers;
    tell(terminal, await act({ store, all, now: clock, limits }), dry);
    return 0;
  },
});

function tell(terminal: Terminal, { ended, removed }: CleanedUp, dry: boolean): void {
  if (terminal.json) {
    terminal.printJson({ dry_run: dry, ended_workers: ended, removed_records: removed });
    return;
  }
  for (const { id, reason } of ended) {
    terminal.print(`${id} ${dry ? "would be" : "is"} ended: ${reason}`);
  }
  const records = `${removed} ${removed === 1 ? "record" : "records"} of ended workers`;
  terminal.print(dry ? `${records} would be removed` : `removed ${records}`);
}
