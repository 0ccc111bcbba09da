import type { WorkerUsage } from "../../domain/worker.ts";
import { ownIdentity } from "../../machine/process-identity.ts";
import { withThread } from "../../machine/process-tree/with-thread.ts";
import { followProcess, followTree, type ProcessTree } from "../../machine/process-tree.ts";
import type { WorkerHosting } from "./messages.ts";

/** The host of a thread has other children too: those of the worker are known by their mark. */
export function treeOfWorker(workerId: string, hosting: WorkerHosting): ProcessTree {
  const mark = `CLX_WORKER_ID=${workerId}`;
  if (hosting === "process") return followTree({ root: ownIdentity(), mark });
  const children = followTree({ mark });
  const ofThread = new Float64Array(hosting.usage);
  return {
    sample() {
      const [memory = 0, cpuPercent = Number.NaN] = ofThread;
      return withThread(children.sample(), { memory, cpuPercent });
    },
    end: (params) => children.end(params),
  };
}

/** While nothing of the handler's has run, the worker has no children. */
export function treeWithoutChildren(
  hosting: WorkerHosting,
): Pick<ProcessTree, "sample"> | undefined {
  return hosting === "process" ? followProcess(ownIdentity()) : undefined;
}

/** What there is to say about a tree above its limit; nothing when it is below. */
export function excessOf(
  usage: WorkerUsage | undefined,
  memoryLimit: number | undefined,
): string | undefined {
  if (usage === undefined || memoryLimit === undefined || usage.memory <= memoryLimit) return;
  return `the worker and its children hold ${mib(usage.memory)}, above the worker's limit of ${mib(memoryLimit)}; raise the limit of its type, or give its tasks less to do`;
}

function mib(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}
