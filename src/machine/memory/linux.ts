import { readFileSync } from "node:fs";
import { join } from "node:path";
import { groupLimits } from "./cgroup.ts";
import { countPhysicalCores } from "./cores.ts";

export function linuxMachine(root: string) {
  const read = (path: string) => readOr(join(root, path), "");
  const total = kibibytes(read("proc/meminfo"), "MemTotal");
  const available = kibibytes(read("proc/meminfo"), "MemAvailable");
  const cores = countPhysicalCores(read("proc/cpuinfo"), read("proc/self/status"));
  const group = groupLimits(read);
  return {
    memoryTotal: Math.min(total, group.memoryMax),
    memoryAvailable: Math.max(0, Math.min(available, group.memoryFree)),
    physicalCores: Math.max(1, Math.min(cores, Math.ceil(group.cpuQuota))),
    oomKills: group.oomKills ?? counter(read("proc/vmstat"), "oom_kill"),
  };
}

function kibibytes(meminfo: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(meminfo)?.[1] ?? 0) * 1024;
}

function counter(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return otherwise;
  }
}
