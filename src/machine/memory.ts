import { darwinMachine } from "./memory/darwin.ts";
import { linuxMachine } from "./memory/linux.ts";
import { otherMachine } from "./memory/other.ts";

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
