import type { WorkerUsage } from "../../domain/worker.ts";

/**
 * What a thread and its child processes use together.
 *
 * @param thread `cpuPercent`: NaN as long as it is not known
 */
export function withThread(
  { memory, cpuPercent = Number.NaN, processes }: WorkerUsage,
  thread: { readonly memory: number; readonly cpuPercent: number },
): WorkerUsage {
  const cpu = cpuPercent + thread.cpuPercent;
  return {
    ...{ memory: memory + thread.memory, processes },
    ...(!Number.isNaN(cpu) && { cpuPercent: cpu }),
  };
}
