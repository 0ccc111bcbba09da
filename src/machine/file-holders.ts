import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { basename } from "node:path";
import { outputOf } from "./program-output.ts";

/** A process that has a file open. */
export interface FileHolder {
  readonly pid: number;
  /** Its program and first arguments, as far as we may know. */
  readonly command: string;
  /** Byte ranges of the file that it has locked for writing. */
  readonly writeLocks: readonly ByteRange[];
}

export interface ByteRange {
  readonly start: number;
  /** The last byte; Infinity for all that follow. */
  readonly end: number;
}

/**
 * Which other processes have a file open, and what of it they have locked. Processes of other
 * users show only where the system lets us see them.
 */
export function holdersOf(path: string): FileHolder[] {
  const found = process.platform === "linux" ? linuxHolders(path) : lsofHolders(path);
  return found.filter(({ pid }) => pid !== process.pid);
}

function linuxHolders(path: string): FileHolder[] {
  const file = realOf(path);
  if (file === undefined) return [];
  const openers = pidsWithOpen(file);
  const { ino, dev } = statSync(file);
  // Some file systems (btrfs, overlays) tell another device here than in the table of locks.
  const isOurs = ({ pid, inode, device }: Lock) =>
    inode === ino && (device === dev || openers.includes(pid));
  const locks = readLocks().filter(isOurs);
  const pids = new Set([...openers, ...locks.map(({ pid }) => pid)]);
  return [...pids].map((pid) => ({
    pid,
    command: commandOf(pid),
    writeLocks: locks.filter((lock) => lock.pid === pid && lock.write).map(({ range }) => range),
  }));
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function pidsWithOpen(file: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && hasOpen(pid, file));
}

function hasOpen(pid: number, file: string): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((fd) => linkOf(`${folder}/${fd}`) === file);
  } catch {
    return false; // It has ended, or is not ours to look into.
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

interface Lock {
  readonly pid: number;
  readonly inode: number;
  readonly device: number;
  readonly write: boolean;
  readonly range: ByteRange;
}

/** `1: POSIX  ADVISORY  WRITE 7561 fe:00:2155052 1073741826 1073742335` */
const lockLine = /^\d+: +POSIX +\S+ +(READ|WRITE) +(\d+) +(\w+):(\w+):(\d+) +(\d+) +(\d+|EOF)$/;

function readLocks(): Lock[] {
  return lockTable().flatMap((line) => {
    const [, kind, pid, major, minor, inode, start, end] = lockLine.exec(line) ?? [];
    if (kind === undefined || Number(pid) <= 0) return [];
    const last = end === "EOF" ? Number.POSITIVE_INFINITY : Number(end);
    return [
      {
        pid: Number(pid),
        inode: Number(inode),
        device: deviceOf(Number.parseInt(major ?? "", 16), Number.parseInt(minor ?? "", 16)),
        write: kind === "WRITE",
        range: { start: Number(start), end: last },
      },
    ];
  });
}

function lockTable(): string[] {
  try {
    return readFileSync("/proc/locks", "utf8").split("\n");
  } catch {
    return []; // Some sandboxes hide it.
  }
}

/** As `stat` counts devices. */
function deviceOf(major: number, minor: number): number {
  return (minor & 0xff) + (major & 0xfff) * 0x100 + (minor - (minor & 0xff)) * 0x1000;
}

function commandOf(pid: number): string {
  try {
    const [program = "", ...args] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return [basename(program), ...args].join(" ").trim().slice(0, 200);
  } catch {
    return "";
  }
}

/** `p123`, then `cnode`, for each process. */
function lsofHolders(path: string): FileHolder[] {
  const lines = outputOf("lsof", ["-F", "pc", "--", path], { timeoutMs: 5_000 }).split("\n");
  const holders: FileHolder[] = [];
  for (const line of lines) {
    const last = holders.at(-1);
    if (line.startsWith("p")) {
      holders.push({ pid: Number(line.slice(1)), command: "", writeLocks: [] });
    } else if (line.startsWith("c") && last !== undefined) {
      holders[holders.length - 1] = { ...last, command: line.slice(1) };
    }
  }
  return holders;
}
