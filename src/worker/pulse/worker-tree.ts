import type { WorkerUsage } from "../../domain/worker.ts";
import { ownIdentity } from "../../machine/process-identity.ts";
import { followProcess, followTree, type ProcessTree } from "../../machine/process-tree.ts";
import type { WorkerHosting } from "./messages.ts";

/** Inline, the children of the process are not the worker's alone, and nobody follows them. */
export function treeOfWorker(workerId: string, hosting: WorkerHosting): ProcessTree | undefined {
  if (hosting === "inline") return undefined;
  return followTree({ root: ownIdentity(), mark: `CLX_WORKER_ID=${workerId}` });
}

/** While nothing of the handler's has run, the worker has no children. */
export function treeWithoutChildren(
  hosting: WorkerHosting,
): Pick<ProcessTree, "sample"> | undefined {
  return hosting === "inline" ? undefined : followProcess(ownIdentity());
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
