import { mkdtempSync, rmSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import type { DurabilityClass } from "../options.ts";
import type { RunOptions } from "./options.ts";
import type { Setting } from "./peer.ts";
import type { PeerRow } from "./result.ts";
import type { Outcome, Scenario } from "./scenario.ts";
import { Stage, type Subject } from "./stage.ts";

export interface ScenarioOrder {
  readonly scenario: Scenario;
  readonly durability: DurabilityClass;
  readonly subjects: readonly Subject[];
  readonly options: RunOptions;
  /** Where the folders of the runs are made. */
  readonly root: string;
}

/** One subject in one setting: a line of a table in the making. */
interface Entry {
  readonly subject: Subject;
  readonly setting: Setting;
  readonly row: PeerRow;
  count: number;
}

/** As many tasks as the field's protocol has at most. */
const mostTasks = 200_000;

const limitSeconds = 240;

/** All peers in one scenario and class: a warm-up each, then the runs, each in another order. */
export async function measureScenario(order: ScenarioOrder): Promise<PeerRow[]> {
  const entries = entriesOf(order);
  if (order.scenario.isWaiting === true) await playWaiting(order, entries);
  else await playInTurns(order, entries);
  return entries.map(({ row }) => row);
}

function entriesOf({ scenario, durability, subjects }: ScenarioOrder): Entry[] {
  const entries: Entry[] = [];
  for (const subject of subjects) {
    const { peer } = subject;
    if (!peer.classes.includes(durability)) continue;
    for (const setting of settingsOf(scenario, subject)) {
      const facts = { scenario: scenario.id, class: durability, peer: peer.name, setting };
      const place = { setting, durability, kind: scenario.kind };
      const refused = peer.refuses?.(scenario.id, place);
      const row: PeerRow = { ...facts, loadBefore: [], runs: [] };
      if (refused !== undefined) row.refused = refused;
      entries.push({ subject, setting, row, count: 0 });
    }
  }
  return entries;
}

/** Where a peer has nothing to tune, its default stands for both. */
function settingsOf(
  { kind, settings = ["default", "tuned"] }: Scenario,
  { peer }: Subject,
): Setting[] {
  const tunable = peer.settings.tuned !== undefined && (peer.tunes?.includes(kind) ?? true);
  const wanted = tunable && kind !== "submit" ? settings : (["default"] as const);
  return [...wanted];
}

async function playInTurns(order: ScenarioOrder, entries: readonly Entry[]): Promise<void> {
  const { scenario, options } = order;
  const runs = scenario.runs ?? options.runs;
  for (const entry of entries) await findSize(order, entry);
  for (let run = 0; run < runs; run++) {
    const turn = run % Math.max(1, entries.length);
    for (const entry of [...entries.slice(turn), ...entries.slice(0, turn)]) {
      await attempt(entry, () => playOnce(order, entry, entry.count));
    }
  }
}

/** Ours alone first, for it is measured in milliseconds; the others have their waits together. */
async function playWaiting(order: ScenarioOrder, entries: readonly Entry[]): Promise<void> {
  const ours = entries.filter(({ subject }) => subject.id === "clx");
  const others = entries.filter((entry) => !ours.includes(entry));
  for (const entry of ours) await attempt(entry, () => playOnce(order, entry, 0));
  await Promise.all(others.map((entry) => attempt(entry, () => playOnce(order, entry, 0))));
}

/** A short try, then a warm-up; the latter says how many tasks fill the time of a run. */
async function findSize(order: ScenarioOrder, entry: Entry): Promise<void> {
  const { scenario, options } = order;
  entry.count = scenario.probe ?? 0;
  if (scenario.probe === undefined || failed(entry)) return;
  const least = scenario.probe;
  for (const part of [0.5, 1]) {
    try {
      const { count, seconds = 1 } = await playOnce(order, entry, entry.count);
      const fitting = Math.round((count / Math.max(seconds, 0.01)) * options.runSeconds * part);
      entry.count = Math.min(mostTasks, Math.max(least, fitting));
      if (seconds > options.runSeconds) return;
    } catch (error) {
      note(entry, error);
      return;
    }
  }
}

async function attempt(entry: Entry, play: () => Promise<Outcome>): Promise<void> {
  if (failed(entry)) return;
  entry.row.loadBefore.push(loadavg()[0] ?? Number.NaN);
  try {
    entry.row.runs.push(await play());
  } catch (error) {
    note(entry, error);
  }
  const { peer, setting, runs, error } = entry.row;
  console.error(`  ${peer} ${setting}: ${error ?? JSON.stringify(runs.at(-1)?.values)}`);
}

function failed({ row }: Entry): boolean {
  return row.error !== undefined || row.refused !== undefined;
}

function note({ row }: Entry, error: unknown): void {
  row.error = error instanceof Error ? error.message : String(error);
  console.error(
    `  ${row.peer} ${row.setting}: ${error instanceof Error ? error.stack : row.error}`,
  );
}

async function playOnce(order: ScenarioOrder, entry: Entry, count: number): Promise<Outcome> {
  const { scenario, durability, options, root } = order;
  const folder = mkdtempSync(join(root, "run-"));
  scenario.smallDisk?.mount(folder);
  let stage: Stage | undefined;
  try {
    stage = await Stage.open({
      subject: entry.subject,
      setting: entry.setting,
      durability,
      kind: scenario.kind,
      folder,
      templateFolder: join(root, "template"),
    });
    return await withinLimit(scenario.play({ stage, options, count }));
  } finally {
    await stage?.close().catch((error) => console.error("on closing:", String(error)));
    scenario.smallDisk?.unmount(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What hangs is void, and the rest goes on. */
async function withinLimit(playing: Promise<Outcome>): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`it had not ended after ${limitSeconds} s`);
    timer = setTimeout(() => reject(error), limitSeconds * 1_000);
  });
  try {
    return await Promise.race([playing, late]);
  } finally {
    clearTimeout(timer);
  }
}
