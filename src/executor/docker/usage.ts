import type { WorkerUsage } from "../../domain/worker.ts";

/** The part of the engine's answer that we read. */
export interface ContainerStats {
  readonly memory_stats?: {
    readonly usage?: number;
    readonly stats?: { readonly inactive_file?: number; readonly total_inactive_file?: number };
  };
  readonly cpu_stats?: CpuStats;
  readonly precpu_stats?: CpuStats;
  readonly pids_stats?: { readonly current?: number };
  readonly read?: string;
  readonly preread?: string;
}

interface CpuStats {
  readonly cpu_usage?: { readonly total_usage?: number };
}

/** As `docker stats` counts: without files that are in memory only because they were read. Pure. */
export function usageOf(stats: ContainerStats, processes: number | undefined): WorkerUsage {
  return {
    memory: memoryOf(stats),
    ...cpuOf(stats),
    processes: processes ?? stats.pids_stats?.current ?? 0,
  };
}

function memoryOf({ memory_stats }: ContainerStats): number {
  const { usage = 0, stats } = memory_stats ?? {};
  const files = stats?.total_inactive_file ?? stats?.inactive_file ?? 0;
  return files < usage ? usage - files : usage;
}

/** 100 is one core; both times are nanoseconds. The first look has nothing to compare with. */
function cpuOf(stats: ContainerStats): { readonly cpuPercent?: number } {
  const { cpu_stats, precpu_stats, read, preread } = stats;
  const used =
    (cpu_stats?.cpu_usage?.total_usage ?? 0) - (precpu_stats?.cpu_usage?.total_usage ?? 0);
  const before = Date.parse(preread ?? "");
  const elapsedNs = (Date.parse(read ?? "") - before) * 1e6;
  const isComparable = before > 0 && elapsedNs > 0;
  return !isComparable ? {} : { cpuPercent: (Math.max(0, used) / elapsedNs) * 100 };
}
