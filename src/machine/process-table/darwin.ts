import type { ProcessTable, SeenProcess } from "../process-table.ts";
import { outputOf } from "../program-output.ts";

export const darwinTable: ProcessTable = {
  pids: () => readAll().map(({ pid }) => pid),
  read: (wanted) => (wanted === undefined ? readAll() : ask("-p", [...wanted].join(","))),
  lineage(pid) {
    const byPid = new Map(readAll().map((seen) => [seen.pid, seen]));
    const line: SeenProcess[] = [];
    for (let at = byPid.get(pid); at !== undefined; at = byPid.get(at.parent)) {
      byPid.delete(at.pid);
      line.push(at);
    }
    return line;
  },
  nameOf(pid) {
    const path = outputOf("ps", ["-p", String(pid), "-o", "comm="], { timeoutMs: 5_000 }).trim();
    return path === "" ? undefined : path.slice(path.lastIndexOf("/") + 1);
  },
  // The system shows no process the environment of another.
  carriesMark: () => false,
};

function readAll(): SeenProcess[] {
  return ask("-ax");
}

function ask(...which: string[]): SeenProcess[] {
  const columns = "pid=,ppid=,pgid=,rss=,stat=,time=,lstart=";
  const env = { ...process.env, LC_ALL: "C" };
  return parsePs(outputOf("ps", [...which, "-o", columns], { timeoutMs: 5_000, env }));
}

const line =
  /^\s*(?<pid>\d+)\s+(?<parent>\d+)\s+(?<group>\d+)\s+(?<rss>\d+)\s+(?<stat>\S+)\s+(?<time>\S+)\s+(?<start>\S.*\S)\s*$/;

export function parsePs(output: string): SeenProcess[] {
  const found: SeenProcess[] = [];
  for (const text of output.split("\n")) {
    const fields = line.exec(text)?.groups;
    if (fields === undefined || fields.stat?.startsWith("Z")) continue;
    const startedAt = (fields.start ?? "").replace(/\s+/g, " ");
    found.push({
      pid: Number(fields.pid),
      parent: Number(fields.parent),
      group: Number(fields.group),
      session: 0,
      startedAt,
      startOrder: Date.parse(startedAt),
      memory: Number(fields.rss) * 1024,
      cpuMs: parseTime(fields.time ?? "") * 1000,
    });
  }
  return found;
}

/** `[[days-]hours:]minutes:seconds` to seconds. */
function parseTime(text: string): number {
  const [clock = "", days = "0"] = text.split("-").reverse();
  const seconds = clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return Number(days) * 86_400 + seconds;
}
