import { cpus, loadavg } from "node:os";
import { median } from "./measure/statistics.ts";
import type { BenchOptions } from "./options.ts";
import { peersInShort } from "./peers-in-short.ts";
import type { Measured, MedianOf, Row } from "./row.ts";

export interface RowResult {
  readonly id: string;
  readonly what: string;
  readonly runs: readonly Measured[];
  readonly loadBefore: number;
  readonly error?: string;
}

export interface BenchResult {
  readonly at: string;
  readonly node: string;
  readonly sqlite: string;
  readonly cpu: string;
  readonly cores: number;
  readonly loadAtEnd: readonly number[];
  readonly options: BenchOptions;
  readonly rows: readonly RowResult[];
}

export function describeRun(options: BenchOptions, rows: readonly RowResult[]): BenchResult {
  return {
    at: new Date().toISOString(),
    node: process.version,
    sqlite: process.versions.sqlite ?? "unknown",
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    loadAtEnd: loadavg(),
    options,
    rows,
  };
}

interface ReportParams {
  readonly result: BenchResult;
  readonly rows: readonly Row[];
  /** The report about the peers. */
  readonly peers: string;
}

export function renderReport({ result, rows, peers }: ReportParams): string {
  const { options } = result;
  const durability = options.class === "D2" ? "power-loss safe" : "process-crash safe";
  return [
    "# What was measured",
    "",
    `${result.at.slice(0, 10)} · Node ${result.node} · SQLite ${result.sqlite} · ${result.cores} × ${result.cpu}`,
    "",
    `Durability class ${options.class} (${durability}: ${options.class === "D2" ? "the write-ahead log is on disk before anything is answered" : "WAL, synchronous=NORMAL"}). ${options.quick ? "Quick run: small sizes, not to be quoted. " : ""}One warm-up, then the runs given; median (lowest–highest). No-op tasks measure the queue, not your work. Every run checks that each task ran and counts those that ran twice. A load above 0.3 before a row means that the machine was not quiet: such numbers say little.`,
    "",
    "Made by `npm run bench`; raw samples are in `bench/results/`. [PEERS.md](PEERS.md) has CLX side by side with others, [NOTES.md](NOTES.md) where the time goes.",
    "",
    "| id | what | measured | CPU-s / 1,000 | runs | twice | load |",
    "|---|---|---|---|---|---|---|",
    ...result.rows.map(renderRow),
    "",
    "## Numbers to build for",
    "",
    "| id | target | measured | met |",
    "|---|---|---|---|",
    ...rows.flatMap((row) => renderTargets(row, result)),
    "",
    ...peersInShort(peers),
  ].join("\n");
}

function renderRow({ id, what, runs, loadBefore, error }: RowResult): string {
  const first = runs[0];
  if (error !== undefined || first === undefined) {
    return `| ${id} | ${what} | void: ${(error ?? "no run").split("\n")[0]} | | | | |`;
  }
  const measured = Object.keys(first.values)
    .map((name) => `${name} ${summary(runs.map((run) => run.values[name] ?? Number.NaN))}`)
    .join("<br>");
  const cpu = runs.flatMap((run) => run.cpuSecondsPer1000 ?? []);
  const twice = runs.reduce((sum, run) => sum + (run.duplicates ?? 0), 0);
  return `| ${id} | ${what} | ${measured} | ${cpu.length > 0 ? summary(cpu) : ""} | ${runs.length} | ${twice} | ${loadBefore.toFixed(1)} |`;
}

function renderTargets(row: Row, result: BenchResult): string[] {
  const medianOf: MedianOf = (id, value) => medianIn(result, id, value);
  return (row.targets?.(medianOf) ?? []).map((target) => {
    const middle = medianOf(row.id, target.value);
    if (Number.isNaN(middle)) return `| ${row.id} | ${target.text} | not measured | – |`;
    return `| ${row.id} | ${target.text} | ${shown(middle)} | ${target.isMet(middle) ? "yes" : "**no**"} |`;
  });
}

function medianIn(result: BenchResult, id: string, value: string): number {
  const found = result.rows.find((row) => row.id === id);
  return median(found?.runs.map((run) => run.values[value] ?? Number.NaN) ?? []);
}

function summary(values: readonly number[]): string {
  const middle = shown(median(values));
  if (values.length < 2) return middle;
  return `${middle} (${shown(Math.min(...values))}–${shown(Math.max(...values))})`;
}

function shown(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (value === 0) return "0";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: Math.abs(value) < 0.01 ? 4 : digits,
  });
}
