import { posix } from "node:path";

export interface GroupLimits {
  /** Infinity where there is no limit. */
  readonly memoryMax: number;
  readonly memoryFree: number;
  /** In processors. */
  readonly cpuQuota: number;
  readonly oomKills: number | undefined;
}

/** Reads a file below the root folder; "" when it is not there. */
type Read = (path: string) => string;

/** A group is limited by those above it too, so the tightest of them counts. */
export function groupLimits(read: Read): GroupLimits {
  const membership = read("proc/self/cgroup");
  const memory = controller(membership, "memory");
  const cpu = controller(membership, "cpu");
  const memoryLevels = memory === undefined ? [] : folders(memory, read).map(memory.memory(read));
  const cpuLevels = cpu === undefined ? [] : folders(cpu, read).map(cpu.quota(read));
  return {
    memoryMax: Math.min(Infinity, ...memoryLevels.map(({ max }) => max)),
    memoryFree: Math.min(Infinity, ...memoryLevels.map(({ max, used }) => max - used)),
    cpuQuota: Math.min(Infinity, ...cpuLevels),
    oomKills: memoryLevels[0]?.oomKills,
  };
}

interface MemoryLevel {
  readonly max: number;
  readonly used: number;
  readonly oomKills: number | undefined;
}

interface Controller {
  readonly mounts: readonly string[];
  readonly path: string;
  /** A file that shows that a folder is a group with this controller. */
  readonly witness: string;
  readonly memory: (read: Read) => (folder: string) => MemoryLevel;
  readonly quota: (read: Read) => (folder: string) => number;
}

function controller(membership: string, name: "memory" | "cpu"): Controller | undefined {
  let unified: string | undefined;
  for (const line of membership.split("\n")) {
    const [, controllers, ...path] = line.split(":");
    if (controllers?.split(",").includes(name)) return version1(name, path.join(":"));
    if (controllers === "") unified = path.join(":");
  }
  return unified === undefined ? undefined : version2(name, unified);
}

/** The group's own folder first. In a container our path may be one that is not mounted there. */
function folders({ mounts, path, witness }: Controller, read: Read): string[] {
  for (const mount of mounts) {
    const found: string[] = [];
    for (let at = posix.join("/", path); ; at = posix.dirname(at)) {
      const folder = posix.join(mount, at);
      if (read(`${folder}/${witness}`) !== "") found.push(folder);
      if (at === "/") break;
    }
    if (found.length > 0) return found;
  }
  return [];
}

function version2(name: "memory" | "cpu", path: string): Controller {
  return {
    mounts: ["sys/fs/cgroup", "sys/fs/cgroup/unified"],
    path,
    witness: name === "memory" ? "memory.current" : "cpu.max",
    memory: (read) => (folder) => ({
      max: limit(read(`${folder}/memory.max`)),
      used: used(read(`${folder}/memory.current`), read(`${folder}/memory.stat`), "inactive_file"),
      oomKills: kills(read(`${folder}/memory.events`)),
    }),
    quota: (read) => (folder) => {
      const [quota = "max", period = "100000"] = read(`${folder}/cpu.max`).trim().split(" ");
      return limit(quota) / Number(period);
    },
  };
}

function version1(name: "memory" | "cpu", path: string): Controller {
  return {
    mounts: name === "memory" ? ["sys/fs/cgroup/memory"] : cpuMounts,
    path,
    witness: name === "memory" ? "memory.usage_in_bytes" : "cpu.cfs_quota_us",
    memory: (read) => (folder) => ({
      max: limit(read(`${folder}/memory.limit_in_bytes`)),
      used: used(
        read(`${folder}/memory.usage_in_bytes`),
        read(`${folder}/memory.stat`),
        "total_inactive_file",
      ),
      oomKills: kills(read(`${folder}/memory.oom_control`)),
    }),
    quota: (read) => (folder) =>
      limit(read(`${folder}/cpu.cfs_quota_us`)) / Number(read(`${folder}/cpu.cfs_period_us`)),
  };
}

const cpuMounts = ["sys/fs/cgroup/cpu", "sys/fs/cgroup/cpu,cpuacct"];

/** "max", -1, and version 1's huge number for "none" are no limit. */
function limit(text: string): number {
  const value = Number.parseInt(text, 10);
  return Number.isNaN(value) || value < 0 || value >= 2 ** 60 ? Infinity : value;
}

/** Pages of files that nobody uses are given up when memory is wanted. */
function used(usage: string, stat: string, reclaimable: string): number {
  const files = new RegExp(`^${reclaimable} (\\d+)$`, "m").exec(stat)?.[1];
  return Math.max(0, Number(usage) - Number(files ?? 0));
}

function kills(text: string): number | undefined {
  const count = /^oom_kill (\d+)$/m.exec(text)?.[1];
  return count === undefined ? undefined : Number(count);
}
