/** What this machine, or the container we are in, can give. Bytes. */
export interface MachineFacts {
  readonly memoryTotal: number;
  readonly memoryAvailable: number;
  readonly physicalCores: number;
  readonly platform: NodeJS.Platform;
  /** macOS only; elsewhere "normal". */
  readonly pressure: "normal" | "warning" | "critical";
  /** How often the kernel has killed for want of memory in our group so far. */
  readonly oomKills: number;
}

/** Container limits (cgroup v1 and v2) count as the machine's. */
export function readMachine(): MachineFacts {
  throw new Error("to be written");
}
