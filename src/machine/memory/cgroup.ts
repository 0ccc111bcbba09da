import { posix } from "node:path";

/** Reads a file below the root folder; "" when it is not there. */
export type Read = (path: string) => string;

/** What our group and those above it leave to us; Infinity where there is no limit. */
export interface MemoryLimits {
  readonly memoryMax: number;
  readonly memoryFree: number;
}

/** A group is limited by those above it too, so the tightest of them counts. */
export function memoryLimits(read: Read, membership: string): MemoryLimits {
  const group = groupOf("memory", read, membership);
  const levels = group.folders.map((folder) => group.memory(read, folder));
  return {
    memoryMax: Math.min(Infinity, ...levels.map(({ max }) => max)),
    memoryFree: Math.min(Infinity, ...levels.map(({ max, used }) => max - used)),
  };
}

/** In processors. */
export function cpuQuota(read: Read, membership: string): number {
  const group = groupOf("cpu", read, membership);
  return Math.min(Infinity, ...group.folders.map((folder) => group.quota(read, folder)));
}

/** How often the kernel has killed for want of memory in our group, if it counts that. */
export function oomKills(read: Read, membership: string): number | undefined {
  const { folders, eventsFile } = groupOf("memory", read, membership);
  const [own] = folders;
  const events = own === undefined ? "" : read(`${own}/${eventsFile}`);
  const count = /^oom_kill (\d+)$/m.exec(events)?.[1];
  return count === undefined ? undefined : Number(count);
}

type ControllerName = "memory" | "cpu";

interface MemoryLevel {
  readonly max: number;
  readonly used: number;
}

/** How a version of the kernel's groups writes things down. */
interface Version {
  readonly mounts: Record<ControllerName, readonly string[]>;
  /** A file that shows that a folder is a group with this controller. */
  readonly witness: Record<ControllerName, string>;
  readonly eventsFile: string;
  memory(read: Read, folder: string): MemoryLevel;
  quota(read: Read, folder: string): number;
}

interface Group extends Version {
  /** The group's own first, then those above it. */
  readonly folders: readonly string[];
}

const version2Mounts = ["sys/fs/cgroup", "sys/fs/cgroup/unified"];

const version2: Version = {
  mounts: { memory: version2Mounts, cpu: version2Mounts },
  witness: { memory: "memory.current", cpu: "cpu.max" },
  eventsFile: "memory.events",
  memory: (read, folder) => ({
    max: limit(read(`${folder}/memory.max`)),
    used: used(read(`${folder}/memory.current`), read(`${folder}/memory.stat`), "inactive_file"),
  }),
  quota(read, folder) {
    const [quota = "max", period = "100000"] = read(`${folder}/cpu.max`).trim().split(" ");
    return limit(quota) / Number(period);
  },
};

const version1: Version = {
  mounts: {
    memory: ["sys/fs/cgroup/memory"],
    cpu: ["sys/fs/cgroup/cpu", "sys/fs/cgroup/cpu,cpuacct"],
  },
  witness: { memory: "memory.usage_in_bytes", cpu: "cpu.cfs_quota_us" },
  eventsFile: "memory.oom_control",
  memory: (read, folder) => ({
    max: limit(read(`${folder}/memory.limit_in_bytes`)),
    used: used(
      read(`${folder}/memory.usage_in_bytes`),
      read(`${folder}/memory.stat`),
      "total_inactive_file",
    ),
  }),
  quota: (read, folder) =>
    limit(read(`${folder}/cpu.cfs_quota_us`)) / Number(read(`${folder}/cpu.cfs_period_us`)),
};

function groupOf(name: ControllerName, read: Read, membership: string): Group {
  const { version, path } = membershipOf(name, membership);
  const witness = version.witness[name];
  for (const mount of path === undefined ? [] : version.mounts[name]) {
    const folders = lineOf(mount, path ?? "").filter((folder) => read(`${folder}/${witness}`));
    if (folders.length > 0) return { ...version, folders };
  }
  return { ...version, folders: [] };
}

function membershipOf(name: ControllerName, membership: string) {
  let unified: string | undefined;
  for (const line of membership.split("\n")) {
    const [, controllers, ...path] = line.split(":");
    if (controllers?.split(",").includes(name)) return { version: version1, path: path.join(":") };
    if (controllers === "") unified = path.join(":");
  }
  return { version: version2, path: unified };
}

/** In a container our path may be one that is not mounted there; then only those above it are found. */
function lineOf(mount: string, path: string): string[] {
  const line: string[] = [];
  for (let at = posix.join("/", path); at !== "/"; at = posix.dirname(at)) line.push(mount + at);
  return [...line, mount];
}

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
