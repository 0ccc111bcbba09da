import type { Worker } from "../domain/worker.ts";
import type { HostedWorker } from "./admission.ts";

/** The live workers that take memory and processor of this host, whoever started them. */
export function workersOfHost(live: readonly Worker[], host: string): HostedWorker[] {
  return live
    .filter((worker) => (worker.parent?.host ?? worker.process?.host) === host)
    .map((worker) => ({
      type: worker.type,
      expectedMemory: worker.expectedMemory,
      memory: worker.usage?.memory ?? 0,
    }));
}
