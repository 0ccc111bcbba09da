import { median } from "../measure/statistics.ts";
import type { DurabilityClass } from "../options.ts";
import { shown, summary } from "./numbers.ts";
import { renderReading } from "./reading.ts";
import { mainOf, type PeerRow, type PeersResult } from "./result.ts";
import type { Scenario } from "./scenario.ts";

const classTitles: Record<DurabilityClass, string> = {
  D2: "D2, power-loss safe: what is acknowledged is on disk (plain SQLite synchronous=FULL, CLX waits for SQLite's log itself, Redis appendfsync always, PostgreSQL synchronous_commit=on)",
  D1: "D1, process-crash safe: a loss of power may take the last second (SQLite synchronous=NORMAL, Redis appendfsync everysec, PostgreSQL synchronous_commit=off)",
};

export function renderPeers(result: PeersResult, scenarios: readonly Scenario[]): string {
  const classes = (["D2", "D1"] as const).filter((name) =>
    result.rows.some((row) => row.class === name),
  );
  return [
    "# Side by side with the peers",
    "",
    ...renderFacts(result),
    "",
    ...renderReading(result, scenarios),
    "",
    ...classes.flatMap((name) => renderClass(name, result, scenarios)),
    "## Settings",
    "",
    ...renderSettings(result),
    "",
  ].join("\n");
}

/** For the terminal. */
export function renderSummary(result: PeersResult, scenarios: readonly Scenario[]): string {
  const classes = (["D2", "D1"] as const).filter((name) =>
    result.rows.some((row) => row.class === name),
  );
  return classes.flatMap((name) => renderClass(name, result, scenarios)).join("\n");
}

/** For each core: the bench itself is below that, so from here on other programs take what is measured. */
const busyLoad = 0.5;
const busyWarning =
  "**The machine was busy with other work: these figures show that the rows run, and are not to be quoted.**";

function renderFacts(result: PeersResult): string[] {
  const { versions, options } = result;
  const [atStart = 0] = result.loadAtStart;
  const load = median(result.rows.flatMap(({ loadBefore }) => loadBefore));
  return [
    ...(load > busyLoad * result.cores ? [busyWarning, ""] : []),
    `${result.at.slice(0, 10)} · ${result.cores} × ${result.cpu}, ${result.gigabytes} GB · load at the start ${atStart.toFixed(1)}, before a run ${load.toFixed(1)} (median)`,
    "",
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(" · "),
    "",
    `Made by \`npm run bench -- --peers\`; raw values are in \`raw/peers.jsonl\`. Every peer gets the same tasks (about 100 bytes, a handler that only counts), a new server and new files in each run, on Unix sockets. Measured from the first handled task to the last, without the start of processes. A warm-up, then ${options.runs} runs in rotated order; median (lowest–highest). Each run checks that every task ran and that the queue is empty at the end: a run that loses a task is void; tasks that ran twice are counted. CPU is that of workers, submitter and server together. A load much above 0.3 means that the machine was not quiet. These are tasks that do nothing: they measure the queue, not your work. Whether the disk itself survives a loss of power cannot be seen from inside a virtual machine.`,
  ];
}

function renderClass(
  name: DurabilityClass,
  result: PeersResult,
  scenarios: readonly Scenario[],
): string[] {
  return [
    `## ${classTitles[name]}`,
    "",
    ...scenarios.flatMap((scenario) => {
      const rows = result.rows.filter((row) => row.scenario === scenario.id && row.class === name);
      return rows.length === 0 ? [] : renderScenario(scenario, rows);
    }),
  ];
}

function renderScenario(scenario: Scenario, rows: readonly PeerRow[]): string[] {
  return [
    `### ${scenario.id}: ${scenario.what}`,
    "",
    `| | ${scenario.main.name} | also | CPU-s / 1,000 | tasks | twice | load |`,
    "|---|---|---|---|---|---|---|",
    ...rows.toSorted((a, b) => rankOf(scenario, a) - rankOf(scenario, b)).map(renderRow, scenario),
    "",
  ];
}

/** Best first, void last. */
function rankOf({ main }: Scenario, row: PeerRow): number {
  const value = mainOf(row, main.name);
  if (Number.isNaN(value)) return Number.POSITIVE_INFINITY;
  return main.better === "more" ? -value : value;
}

function renderRow(this: Scenario, row: PeerRow): string {
  const name = `${row.peer}, ${row.setting}`;
  const [first] = row.runs;
  if (row.refused !== undefined) return `| ${name} | – | not measured: ${row.refused} | | | | |`;
  if (first === undefined) return `| ${name} | void | ${cell(row.error ?? "no run")} | | | | |`;
  const of = (value: string) => summary(row.runs.map(({ values }) => values[value] ?? Number.NaN));
  const also = Object.keys(first.values)
    .filter((value) => value !== this.main.name)
    .map((value) => `${value} ${of(value)}`);
  const notes = row.runs.flatMap(({ note }) => note ?? []).slice(0, 1);
  const voided = row.error === undefined ? [] : [`one run void: ${row.error}`];
  const cpu = row.runs.flatMap((run) => run.cpuSecondsPer1000 ?? []);
  const twice = row.runs.reduce((sum, run) => sum + (run.duplicates ?? 0), 0);
  const count = median(row.runs.map((run) => run.count));
  const load = Math.max(...row.loadBefore).toFixed(1);
  const cells = [
    name,
    of(this.main.name),
    cell([...also, ...notes, ...voided].join("; ")),
    cpu.length > 0 ? summary(cpu) : "",
    shown(count),
    String(twice),
    load,
  ];
  return `| ${cells.join(" | ")} |`;
}

function renderSettings(result: PeersResult): string[] {
  const lines = Object.entries(result.settings).flatMap(([peer, settings]) =>
    Object.entries(settings).map(([name, text]) => `* **${peer}, ${name}**: ${text}`),
  );
  const missing = result.notLoaded.map((text) => `* not measured: ${text}`);
  return [...lines, ...missing];
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
