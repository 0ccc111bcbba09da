import type { WorkerLink } from "../../link/worker-link.ts";
import type { ProcessTree } from "../../machine/process-tree.ts";
import type { BegunAttempt, EndWorkerParams } from "../../store/task-store.ts";

/** How a worker goes. */
export interface Departure {
  readonly event: EndWorkerParams["event"];
  readonly reason: string;
  readonly exitCode?: number;
  readonly tasks: EndWorkerParams["tasks"];
  /** For the worker's children, before they are killed. */
  readonly graceMs: number;
}

export interface DepartParams {
  readonly link: Pick<WorkerLink, "settle" | "end">;
  readonly tree: Pick<ProcessTree, "end">;
  readonly workerId: string;
  readonly departure: Departure;
  /** Attempts that were taken ahead and have begun, which the store does not know yet. */
  readonly begun?: readonly BegunAttempt[];
}

/** Ends the worker's children, then its row: nobody is given its tasks while they still run. */
export async function depart(params: DepartParams): Promise<void> {
  const { link, tree, workerId, departure, begun = [] } = params;
  const { event, reason, exitCode, tasks, graceMs } = departure;
  const left = (await tree.end({ graceMs, keepRoot: true })).left;
  const now = Date.now();
  const jitter = Math.random();
  if (tasks.kind === "failed" && begun.length > 0) {
    // Should it fail, those attempts are not counted; the worker ends all the same.
    await link.settle({ workerId, settlements: [], begun, limit: 0, now, jitter }).catch(() => {});
  }
  const strays = left.length === 0 ? "" : `; could not end processes ${left.join(", ")}`;
  await link.end({
    workerId,
    event,
    ending: { reason: reason + strays, ...(exitCode !== undefined && { exitCode }) },
    tasks,
    now,
    jitter,
  });
}
