import type { WorkerLink } from "../../link/worker-link.ts";
import type { ProcessTree } from "../../machine/process-tree.ts";
import type { EndWorkerParams } from "../../store/task-store.ts";

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
  readonly link: WorkerLink;
  readonly tree: ProcessTree;
  readonly workerId: string;
  readonly departure: Departure;
}

/** Ends the worker's children, then its row: nobody is given its tasks while they still run. */
export async function depart({ link, tree, workerId, departure }: DepartParams): Promise<void> {
  const { event, reason, exitCode, tasks, graceMs } = departure;
  const left = (await tree.end({ graceMs, keepRoot: true })).left;
  const strays = left.length === 0 ? "" : `; could not end processes ${left.join(", ")}`;
  await link.end({
    workerId,
    event,
    ending: { reason: reason + strays, ...(exitCode !== undefined && { exitCode }) },
    tasks,
    now: Date.now(),
    jitter: Math.random(),
  });
}
