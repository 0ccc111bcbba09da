import { relative } from "node:path";
import { containerOf, limitWords, shortId } from "../../domain/container-facts.ts";
import { size } from "../../domain/size-words.ts";
import { progressWords, ranFor, title } from "../../domain/task-words.ts";
import { span } from "../../domain/time-words.ts";
import type { Worker } from "../../domain/worker.ts";
import { percentWords } from "../../domain/worker-words.ts";
import type {
  EndedCounts,
  Overview,
  SupervisorOverview,
  TypeOverview,
  WaitingOverview,
} from "../../overview/overview.ts";
import { tallyCap } from "../../store/task-store.ts";
import { type Column, printTable } from "../present/table.ts";
import { age } from "../present/time.ts";
import { wrap } from "../present/wrap.ts";
import { type Colour, cleaned, type Terminal } from "../terminal.ts";

export interface PrintParams {
  readonly overview: Overview;
  readonly cwd: string;
  /** How many tasks of each list are shown. */
  readonly limit: number;
}

/** The sum first, the details, and at the end what needs somebody and what to do about it. */
export function printOverview(terminal: Terminal, params: PrintParams): void {
  const { overview } = params;
  printSum(terminal, params);
  if (overview.types.length > 0) printTypes(terminal, overview);
  printRunning(terminal, params);
  printWaiting(terminal, params);
  printFailures(terminal, overview);
  printMachine(terminal, overview);
  printFindings(terminal, overview);
}

const healthColours: Record<Overview["health"]["level"], Colour> = {
  well: "green",
  degraded: "yellow",
  down: "red",
};

function printSum(terminal: Terminal, { overview, cwd }: PrintParams): void {
  const { health, workers, runningCount, waitingCount, store } = overview;
  const parts = [
    `${workers.length} live ${workers.length === 1 ? "worker" : "workers"}`,
    `${runningCount} running`,
    `${waitingCount} waiting`,
  ];
  const mark = terminal.paint(health.level, healthColours[health.level]);
  const [first = "", ...rest] = wrap(`${health.level}: ${parts.join(", ")}`, {
    width: terminal.columns,
    rest: "  ",
  });
  terminal.print(mark + first.slice(health.level.length));
  for (const line of rest) terminal.print(line);
  const path = relative(cwd, store.location);
  const where = path.startsWith("..") ? store.location : path;
  const answered = `database ${where}, answered in ${span(store.tookMs)}`;
  for (const line of wrap(answered, { width: terminal.columns, rest: "  " })) terminal.print(line);
}

function heading(terminal: Terminal, text: string): void {
  terminal.print("");
  terminal.print(terminal.paint(text, "bold"));
}

function printTypes(terminal: Terminal, { types, at }: Overview): void {
  terminal.print("");
  const columns = typeColumns(at).filter(({ header }) => !isNarrow(terminal) || vital.has(header));
  printTable(terminal, columns, types);
}

/** Columns that are left where not all have room. */
const vital = new Set(["TYPE", "WORKERS", "WAIT", "OLDEST", "RUN", "FAILED"]);

function isNarrow({ columns = Number.POSITIVE_INFINITY }: Terminal): boolean {
  return columns < 72;
}

function typeColumns(now: number): Column<TypeOverview>[] {
  return [
    { header: "TYPE", value: ({ type }) => type, shrinkTo: 6, cut: "middle" },
    { header: "WORKERS", value: workerWords, colour: workersColour, shrinkTo: 8 },
    { header: "WAIT", value: ({ pending }) => String(pending), align: "right" },
    { header: "BLOCKED", value: ({ blocked }) => String(blocked), align: "right" },
    { header: "OLDEST", value: (type) => oldest(type, now), align: "right" },
    { header: "RUN", value: ({ running }) => String(running), align: "right" },
    { header: "/MIN", value: ({ lastMinute }) => rate(lastMinute), align: "right" },
    { header: "/HOUR", value: ({ lastHour }) => count(lastHour.completed), align: "right" },
    {
      header: "FAILED",
      value: ({ lastHour }) => count(lastHour.failed),
      colour: ({ lastHour }) => (lastHour.failed > 0 ? "red" : undefined),
      align: "right",
    },
    { header: "EACH", value: ({ averageMs }) => maybeSpan(averageMs), align: "right" },
  ];
}

function workerWords({ workers }: TypeOverview): string {
  const { busy, idle, starting, draining, hung, silent } = workers;
  const all = busy + idle + starting + draining + hung;
  const parts = Object.entries({ busy, idle, starting, draining, hung })
    .filter(([, number]) => number > 0)
    .map(([state, number]) => `${number} ${state}`);
  const mark = silent === 0 ? "" : all === 1 ? " (silent)" : ` (${silent} silent)`;
  return parts.length === 0 ? "none" : parts.join(" ") + mark;
}

function workersColour({ workers, pending }: TypeOverview): Colour | undefined {
  if (workers.hung + workers.silent > 0) return "red";
  return workers.busy + workers.idle + workers.starting === 0 && pending > 0 ? "red" : undefined;
}

function oldest({ oldestPendingAt }: TypeOverview, now: number): string {
  return oldestPendingAt === undefined ? "" : age(oldestPendingAt, now);
}

function maybeSpan(ms: number | undefined): string {
  return ms === undefined ? "" : span(ms);
}

/** `12`, `9,120`, `100,000+` where nobody counted further */
function count(number: number): string {
  return `${number.toLocaleString("en-US")}${number === tallyCap ? "+" : ""}`;
}

function rate({ completedPerMinute }: EndedCounts): string {
  return Math.round(completedPerMinute).toLocaleString("en-US");
}

function printRunning(terminal: Terminal, { overview, limit }: PrintParams): void {
  const { running, runningCount, at } = overview;
  if (runningCount === 0) return;
  heading(terminal, "Running");
  const columns: Column<(typeof running)[number]>[] = [
    { header: "ID", value: ({ id }) => id },
    { header: "FOR", value: (task) => ranFor(task, at), align: "right" },
    { header: "PROGRESS", value: progressWords, shrinkTo: 8 },
    { header: "WHAT", value: title, shrinkTo: 10 },
  ];
  const shown = columns.filter(({ header }) => !isNarrow(terminal) || header !== "WHAT");
  printTable(terminal, shown, running.slice(0, limit));
  more(terminal, runningCount - Math.min(limit, running.length), "clx tasks list --status running");
}

function printWaiting(terminal: Terminal, { overview, limit }: PrintParams): void {
  const { waiting, waitingCount } = overview;
  if (waitingCount === 0) return;
  heading(terminal, "Waiting");
  for (const { task, because } of eachReasonFirst(waiting).slice(0, limit)) {
    printWrapped(terminal, cleaned(because), `${task.id} `);
  }
  const left = waitingCount - Math.min(limit, waiting.length);
  more(terminal, left, "clx tasks list --status pending,blocked");
}

/** A long queue of one type must not hide why another one waits. */
function eachReasonFirst(waiting: readonly WaitingOverview[]): WaitingOverview[] {
  const told = new Set<string>();
  const isNews = ({ task, because }: WaitingOverview) => {
    const reason = `${task.type} ${because}`;
    return !told.has(reason) && told.add(reason);
  };
  const news = new Set(waiting.filter(isNews));
  return [...news, ...waiting.filter((one) => !news.has(one))];
}

function more(terminal: Terminal, left: number, command: string): void {
  if (left > 0) terminal.print(`… and ${count(left)} more: ${command}`);
}

function printFailures(terminal: Terminal, { failures }: Overview): void {
  if (failures.length === 0) return;
  heading(terminal, "Failed in the last hour");
  for (const { count: number, type, kind } of failures) {
    terminal.print(`${count(number)} ${type}: ${kind}`);
  }
}

function printMachine(terminal: Terminal, overview: Overview): void {
  const { memory, supervisors, types, workers } = overview;
  heading(terminal, "Machine");
  const { free, available, total, guard, reserved, physicalCores } = memory;
  const kept = `${size(available)} of ${size(total)} available, ${size(guard)} kept for the system, ${size(reserved)} reserved`;
  const lines = [
    `memory for more workers: ${size(Math.max(0, free))} (${kept}); ${physicalCores} cores`,
    ...types.flatMap(({ type, room }) =>
      room?.refusal === undefined ? [] : [`room for ${type}: none; ${room.refusal}`],
    ),
    ...supervisors.map(supervisorWords),
    ...workers.flatMap(({ worker }) => containerWords(worker)),
  ];
  for (const line of lines) printWrapped(terminal, line);
}

function containerWords(worker: Worker): string[] {
  const { id, usage } = worker;
  const container = containerOf(worker);
  if (container === undefined) return [];
  const processor = percentWords(usage?.cpuPercent);
  const ofCore = processor === "" ? "" : `, ${processor} of a core`;
  const use = usage ? `${size(usage.memory)}${ofCore}; ` : "";
  return [`container ${shortId(container)} of ${id}: ${use}limits ${limitWords(container)}`];
}

const aliveWords = { true: "runs", false: "is gone", unknown: "is on another machine" };

function supervisorWords({ process, kind, alive, workers }: SupervisorOverview): string {
  const keeps = `${workers} ${workers === 1 ? "worker" : "workers"}`;
  return `${kind}: process ${process.pid} ${aliveWords[`${alive}`]}, ${keeps}`;
}

function printFindings(terminal: Terminal, { health }: Overview): void {
  if (health.findings.length === 0) return;
  heading(terminal, "What needs you");
  for (const { message, next, level } of health.findings) {
    const lines = wrap(message, { width: terminal.columns, first: "! ", rest: "  " });
    for (const line of lines) terminal.print(terminal.paint(line, healthColours[level]));
    printWrapped(terminal, next, "  ");
  }
}

function printWrapped(terminal: Terminal, text: string, first = ""): void {
  const lines = wrap(text, { width: terminal.columns, first, rest: "  " });
  for (const line of lines) terminal.print(line);
}
