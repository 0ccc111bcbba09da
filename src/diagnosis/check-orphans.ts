import type { ProcessIdentity, Worker } from "../domain/worker.ts";
import { type Check, judged } from "./check.ts";

const { warning } = judged("workers");

/** Processes of workers that have ended for the store, and run on all the same. */
export function checkOrphans(
  ended: readonly Worker[],
  isAlive: (process: ProcessIdentity) => boolean | "unknown",
): Check[] {
  const orphans = ended.filter(({ mode, process, parent }) => {
    if (mode === "inline" || process === undefined || process.pid === parent?.pid) return false;
    const isKept = parent !== undefined && isAlive(parent) === true;
    return !isKept && isAlive(process) === true;
  });
  if (orphans.length === 0) return [];
  const pids = orphans.map(({ process }) => process?.pid).join(", ");
  const whose = orphans.length === 1 ? "a worker that has ended" : "workers that have ended";
  return [
    warning({
      name: "orphans",
      message: `Processes of ${whose} still run: ${pids}.`,
      fix: `"clx workers cleanup" ends them.`,
    }),
  ];
}
