import { readFileSync } from "node:fs";
import { cpuQuota, memoryLimits, oomKills, type Read } from "./cgroup.ts";
import { countPhysicalCores } from "./cores.ts";

export function linuxMachine(root: string) {
  const read = readerBelow(root);
  const membership = read("proc/self/cgroup");
  const cores = countPhysicalCores(read("proc/cpuinfo"), read("proc/self/status"));
  return {
    ...memoryOf(read, membership),
    physicalCores: Math.max(1, Math.min(cores, Math.ceil(cpuQuota(read, membership)))),
    oomKills: oomKills(read, membership) ?? counter(read("proc/vmstat"), "oom_kill"),
  };
}

export function linuxMemory(root: string) {
  const read = readerBelow(root);
  return memoryOf(read, read("proc/self/cgroup"));
}

function memoryOf(read: Read, membership: string) {
  const meminfo = read("proc/meminfo");
  const { memoryMax, memoryFree } = memoryLimits(read, membership);
  const available = Math.min(kibibytes(meminfo, "MemAvailable"), memoryFree);
  return {
    memoryTotal: Math.min(kibibytes(meminfo, "MemTotal"), memoryMax),
    memoryAvailable: Math.max(0, available),
  };
}

function kibibytes(meminfo: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(meminfo)?.[1] ?? 0) * 1024;
}

function counter(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
}

function readerBelow(root: string): Read {
  return (path) => {
    try {
      return readFileSync(`${root}/${path}`, "utf8");
    } catch {
      return "";
    }
  };
}
