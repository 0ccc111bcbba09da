import { darwinMachine, darwinMemory } from "./memory/darwin.ts";
import { linuxMachine, linuxMemory } from "./memory/linux.ts";
import { otherMachine, otherMemory } from "./memory/other.ts";

/** The memory of this machine, or of the container we are in. Bytes. */
export interface MemoryFacts {
  readonly memoryTotal: number;
  readonly memoryAvailable: number;
  readonly platform: NodeJS.Platform;
}

/** What this machine, or the container we are in, can give. */
export interface MachineFacts extends MemoryFacts {
  readonly physicalCores: number;
  /** macOS only; elsewhere "normal". */
  readonly pressure: "normal" | "warning" | "critical";
  /** How often the kernel has killed for want of memory in our group so far. */
  readonly oomKills: number;
}

export interface ReadMachineParams {
  /** Where `proc` and `sys` are found; not the real ones in tests. */
  readonly root?: string;
  readonly platform?: NodeJS.Platform;
}

/** Container limits (cgroup v1 and v2) count as the machine's. */
export function readMachine(params: ReadMachineParams = {}): MachineFacts {
  const { root = "/", platform = process.platform } = params;
  if (platform === "linux") return { ...linuxMachine(root), platform, pressure: "normal" };
  if (platform === "darwin") return { ...darwinMachine(), platform };
  return { ...otherMachine(), platform, pressure: "normal" };
}

/** The part of it that changes all the time, for a quarter of the effort. */
export function readMemory(params: ReadMachineParams = {}): MemoryFacts {
  const { root = "/", platform = process.platform } = params;
  if (platform === "linux") return { ...linuxMemory(root), platform };
  if (platform === "darwin") return { ...darwinMemory(), platform };
  return { ...otherMemory(), platform };
}
