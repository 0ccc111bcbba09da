import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { ProcessIdentity } from "../domain/worker.ts";
import { readProcess } from "./process-table/linux.ts";
import { processTable } from "./process-table/open.ts";
import { outputOf } from "./program-output.ts";

let own: ProcessIdentity | undefined;

/** Who this process is. */
export function ownIdentity(): ProcessIdentity {
  own ??= identify(process.pid);
  if (own === undefined) throw new Error(`process ${process.pid} does not find itself`);
  return own;
}

/** Who has this pid now; `undefined` when nobody has, or a zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = startOf(pid);
  return startedAt === undefined ? undefined : { pid, startedAt, host: thisHost() };
}

/**
 * Whether that very process runs. A process of another host counts as unknown, and so does
 * any while the system lets us not look: when we have no file descriptor left, for one.
 */
export function isAlive(process: ProcessIdentity): boolean | "unknown" {
  if (process.host !== thisHost()) return "unknown";
  try {
    return startOf(process.pid) === process.startedAt;
  } catch {
    return "unknown";
  }
}

/**
 * Where a process is, or was: here, on this machine before it was restarted, or where we cannot
 * look (another machine, another container). Machines are told apart by their names.
 */
export function whereIs({ host }: ProcessIdentity): "here" | "earlier_boot" | "elsewhere" {
  if (host === thisHost()) return "here";
  const [name, boot] = host.split("/");
  const [ownName, ownBoot] = thisHost().split("/");
  return name === ownName && boot !== ownBoot ? "earlier_boot" : "elsewhere";
}

function startOf(pid: number): string | undefined {
  if (process.platform === "linux") return readProcess(pid)?.startedAt;
  return processTable().read([pid])[0]?.startedAt;
}

let host: string | undefined;

function thisHost(): string {
  host ??= [hostname(), ...(process.platform === "linux" ? linuxBoot() : darwinBoot())].join("/");
  return host;
}

function linuxBoot(): string[] {
  return [
    readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
    readlinkSync("/proc/self/ns/pid"),
  ];
}

function darwinBoot(): string[] {
  return [outputOf("sysctl", ["-n", "kern.bootsessionuuid"], { timeoutMs: 5_000 }).trim()];
}
