import { readdirSync, readFileSync } from "node:fs";
import { endianness } from "node:os";
import type { ProcessTable, SeenProcess } from "../process-table.ts";

export const linuxTable: ProcessTable = { pids, read, lineage, nameOf, carriesMark };

function pids(): number[] {
  return readdirSync("/proc").map(Number).filter(Number.isInteger);
}

function read(wanted: Iterable<number> = pids()): SeenProcess[] {
  const found: SeenProcess[] = [];
  for (const pid of wanted) {
    const seen = readProcess(pid);
    if (seen !== undefined) found.push(seen);
  }
  return found;
}

/** `undefined` when nobody has this pid, or a zombie. */
export function readProcess(pid: number): SeenProcess | undefined {
  const stat = readUnlessGone(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : parseStat(pid, stat);
}

function parseStat(pid: number, stat: string): SeenProcess | undefined {
  // The name before the last ")" may hold anything. After it comes field 3 of proc(5).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => fields[number - 3] ?? "";
  const state = field(3);
  // A leader that left its thread group shows as Z while its other threads run on.
  if (state === "X" || state === "x" || (state === "Z" && Number(field(20)) <= 1)) return undefined;
  return {
    pid,
    parent: Number(field(4)),
    group: Number(field(5)),
    session: Number(field(6)),
    startedAt: field(22),
    startOrder: Number(field(22)),
    memory: Number(field(24)) * kernel().pageSize,
    cpuMs: ((Number(field(14)) + Number(field(15))) * 1000) / kernel().ticksPerSecond,
  };
}

function lineage(pid: number): SeenProcess[] {
  const line: SeenProcess[] = [];
  for (let at = readProcess(pid); at !== undefined; at = readProcess(at.parent)) line.push(at);
  return line;
}

function nameOf(pid: number): string | undefined {
  return readUnlessGone(`/proc/${pid}/comm`)?.trimEnd();
}

function carriesMark(pid: number, mark: string): boolean {
  const environment = readUnlessGone(`/proc/${pid}/environ`);
  if (environment === undefined) return false;
  return environment.startsWith(`${mark}\0`) || environment.includes(`\0${mark}\0`);
}

function readUnlessGone(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8"); // the one encoding that Node reads in a single step
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && goneOrForeign.has(code)) return undefined;
    throw error; // such as EMFILE: who cannot be looked at is not gone for that
  }
}

const goneOrForeign: ReadonlySet<string> = new Set(["ENOENT", "ESRCH", "EACCES", "EPERM"]);

interface Kernel {
  readonly pageSize: number;
  readonly ticksPerSecond: number;
}

let known: Kernel | undefined;

function kernel(): Kernel {
  known ??= readAuxiliaryVector();
  return known;
}

/** The kernel tells each process its constants as pairs of machine words (getauxval(3)). */
function readAuxiliaryVector(): Kernel {
  const vector = readFileSync("/proc/self/auxv");
  const word = endianness() === "LE" ? "readBigUInt64LE" : "readBigUInt64BE";
  const values = new Map<number, number>();
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    values.set(Number(vector[word](at)), Number(vector[word](at + 8)));
  }
  return { pageSize: values.get(6) ?? 4096, ticksPerSecond: values.get(17) ?? 100 };
}
