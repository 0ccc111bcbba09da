import type { DurabilityClass } from "../options.ts";
import { shown } from "./numbers.ts";
import { mainOf, type PeerRow, type PeersResult } from "./result.ts";
import type { Scenario } from "./scenario.ts";

/** Ours beside the best of the others in a row, each in its best setting. */
interface Comparison {
  readonly scenario: Scenario;
  readonly class: DurabilityClass;
  readonly ours: number;
  readonly best: number;
  readonly bestName: string;
  /** How many times better ours is; below 1: worse. */
  readonly factor: number;
}

const ourName = "CLX";

/** What a user should take away: where we are first, where another is, and which aims are met. */
export function renderReading(result: PeersResult, scenarios: readonly Scenario[]): string[] {
  const all = scenarios.flatMap((scenario) =>
    scenario.classes.flatMap((name) => compare(result, scenario, name) ?? []),
  );
  const won = all.filter(({ factor }) => factor >= 1);
  const lost = all.filter(({ factor }) => factor < 1);
  return [
    "## In short",
    "",
    `Ours beside the best of the others in each row, whatever their setting. First in ${won.length} of ${all.length} rows.`,
    "",
    "| row | class | CLX | best of the others | CLX is |",
    "|---|---|---|---|---|",
    ...all.map(renderComparison),
    "",
    lost.length === 0
      ? "In no row was another better."
      : `Where another is better: ${lost.map(renderLoss).join("; ")}. Who needs that most is better served there; [NOTES.md](NOTES.md) says why it is so.`,
    "",
    ...renderVoids(result),
    ...renderAims(result, all),
  ];
}

function compare(
  result: PeersResult,
  scenario: Scenario,
  name: DurabilityClass,
): Comparison | undefined {
  const { main } = scenario;
  const rows = result.rows.filter((row) => row.scenario === scenario.id && row.class === name);
  const ours = bestOf(
    rows.filter(({ peer }) => peer === ourName),
    scenario,
  );
  const best = bestOf(
    rows.filter(({ peer }) => peer !== ourName),
    scenario,
  );
  if (ours === undefined || best === undefined) return undefined;
  const [mine, theirs] = [mainOf(ours, main.name), mainOf(best, main.name)];
  const factor = main.better === "more" ? mine / theirs : theirs / mine;
  const even = mine === theirs ? 1 : factor;
  const bestName = `${best.peer}, ${best.setting}`;
  return { scenario, class: name, ours: mine, best: theirs, bestName, factor: even };
}

function bestOf(rows: readonly PeerRow[], { main }: Scenario): PeerRow | undefined {
  const valid = rows.filter((row) => !Number.isNaN(mainOf(row, main.name)));
  const sign = main.better === "more" ? -1 : 1;
  return valid.toSorted((a, b) => sign * (mainOf(a, main.name) - mainOf(b, main.name)))[0];
}

function renderComparison({ scenario, class: name, ours, best, bestName, factor }: Comparison) {
  const { id, main, title } = scenario;
  return `| ${id}: ${title} | ${name} | ${shown(ours)} ${main.name} | ${shown(best)} (${bestName}) | ${judged(factor)} |`;
}

function judged(factor: number): string {
  if (factor === 1) return "level";
  if (!Number.isFinite(factor)) return "better";
  return factor > 1 ? `${shown(factor)} × better` : `**${shown(1 / factor)} × worse**`;
}

function renderLoss({ scenario, class: name, bestName, factor }: Comparison): string {
  return `${scenario.id} in ${name} (${bestName.split(",")[0]}, ${shown(1 / factor)} ×)`;
}

function renderVoids({ rows }: PeersResult): string[] {
  const voids = rows.filter(({ error }) => error !== undefined);
  if (voids.length === 0) return [];
  const names = voids.map((row) => `${row.scenario} ${row.class} ${row.peer}, ${row.setting}`);
  return [`Void, or with a void run: ${names.join("; ")}.`, ""];
}

function renderAims(result: PeersResult, all: readonly Comparison[]): string[] {
  const powerLossSafe = all.filter((one) => one.class === "D2");
  const behind = powerLossSafe
    .filter(({ factor }) => factor < 1)
    .map(({ scenario }) => scenario.id);
  const ten = powerLossSafe.find(({ scenario }) => scenario.id === "P10")?.factor;
  const ours = (id: string, value: string) => {
    const row = result.rows.find(
      (one) => one.scenario === id && one.class === "D2" && one.peer === ourName,
    );
    return row === undefined ? Number.NaN : mainOf(row, value);
  };
  const recovery = bestDefaultRecovery(result) / ours("C1", "p50 ms");
  const aims: readonly [string, string, boolean][] = [
    ["first in every row of D2", behind.join(", ") || "yes", behind.length === 0],
    ["drain at concurrency 10 ≥ 3 × the best peer", shown(ten ?? Number.NaN), (ten ?? 0) >= 3],
    ["idle pick-up p50 ≤ 1 ms", shown(ours("L1", "p50 ms")), ours("L1", "p50 ms") <= 1],
    ["idle pick-up p99 ≤ 5 ms", shown(ours("L1", "p99 ms")), ours("L1", "p99 ms") <= 5],
    ["recovery ≥ 100 × faster than the best peer's default", shown(recovery), recovery >= 100],
    [
      "claim cost flat to a million (deep / shallow ≥ 0.8)",
      shown(ours("B1", "deep / shallow")),
      ours("B1", "deep / shallow") >= 0.8,
    ],
  ];
  return [
    "| aim | measured | met |",
    "|---|---|---|",
    ...aims.map(([aim, measured, met]) => `| ${aim} | ${measured} | ${verdictOn(measured, met)} |`),
  ];
}

function verdictOn(measured: string, met: boolean): string {
  if (measured === "–") return "not measured";
  return met ? "yes" : "**no**";
}

/** Who had not recovered in time counts with the time that was waited. */
function bestDefaultRecovery({ rows, options }: PeersResult): number {
  const others = rows.filter(
    (row) =>
      row.scenario === "C1" &&
      row.class === "D2" &&
      row.setting === "default" &&
      row.peer !== ourName &&
      row.runs.length > 0,
  );
  const waited = 1_000 * options.patienceSeconds;
  const times = others.map((row) => mainOf(row, "p50 ms")).map((ms) => (ms > 0 ? ms : waited));
  return times.length === 0 ? Number.NaN : Math.min(...times);
}
