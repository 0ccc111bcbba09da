import { readdirSync, readFileSync } from "node:fs";

/** A process as /proc shows it; found by a mark in its environment, not by our own tables. */
export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  /** Clock ticks since boot: with the pid, it is this process and no later one. */
  readonly startTicks: string;
  readonly state: string;
  readonly command: string;
  readonly env: ReadonlyMap<string, string>;
}

/** All live processes that carry the mark. */
export function markedProcesses(name: string, value: string): SeenProcess[] {
  const found: SeenProcess[] = [];
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    if (!carriesMark(pid, `${name}=${value}`)) continue;
    const seen = seeProcess(pid);
    if (seen !== undefined) found.push(seen);
  }
  return found;
}

/** Most processes do not, so this is looked at before anything else. */
function carriesMark(pid: number, mark: string): boolean {
  try {
    const environment = `\0${readFileSync(`/proc/${pid}/environ`, "latin1")}`;
    return environment.includes(`\0${mark}\0`);
  } catch {
    return false;
  }
}

/** `undefined` when nobody has the pid, or only a zombie has. */
export function seeProcess(pid: number): SeenProcess | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state = "X", parent = "0"] = fields;
    if (state === "Z" || state === "X") return undefined;
    return {
      pid,
      parent: Number(parent),
      startTicks: fields[19] ?? "",
      state,
      command: readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim(),
      env: parseEnvironment(readFileSync(`/proc/${pid}/environ`, "utf8")),
    };
  } catch {
    return undefined;
  }
}

export function isSameLive(pid: number, startTicks: string): boolean {
  return seeProcess(pid)?.startTicks === startTicks;
}

/** Sends a signal to that very process; says whether it was there. */
export function signalProcess(target: SeenProcess, signal: NodeJS.Signals): boolean {
  if (!isSameLive(target.pid, target.startTicks)) return false;
  try {
    process.kill(target.pid, signal);
    return true;
  } catch {
    return false;
  }
}

function parseEnvironment(text: string): Map<string, string> {
  const pairs = text.split("\0").map((pair): [string, string] => {
    const split = pair.indexOf("=");
    return [pair.slice(0, split), pair.slice(split + 1)];
  });
  return new Map(pairs);
}
