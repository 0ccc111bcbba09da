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
  await playInTurns(order, entries);
  return entries.map(({ row }) => row);
}

/**
 * Scenarios that mostly wait. Ours one by one first, for it is measured in milliseconds; the others
 * have their waits, of some ten seconds each, together.
 */
export async function measureWaiting(
  orders: readonly ScenarioOrder[],
  onRows: (rows: readonly PeerRow[]) => void,
): Promise<void> {
  const plays = orders.flatMap((order) => entriesOf(order).map((entry) => ({ order, entry })));
  onRows(plays.map(({ entry }) => entry.row));
  const ours = plays.filter(({ entry }) => entry.subject.id === "clx");
  const others = plays.filter((play) => !ours.includes(play));
  const playOne = ({ order, entry }: (typeof plays)[number]) =>
    attempt(entry, () => playOnce(order, entry, 0));
  for (const play of ours) await playOne(play);
  await Promise.all(others.map(playOne));
}

function entriesOf({ scenario, durability, subjects }: ScenarioOrder): Entry[] {
  return subjects
    .filter((subject) => takesPart(subject, scenario, durability))
    .flatMap((subject) =>
      settingsOf(scenario, subject, durability).map((setting) => {
        const { peer } = subject;
        const facts = { scenario: scenario.id, class: durability, peer: peer.name, setting };
        const row: PeerRow = { ...facts, loadBefore: [], runs: [] };
        const refused = peer.refuses?.(scenario.id, { setting, durability, kind: scenario.kind });
        if (refused !== undefined) row.refused = refused;
        return { subject, setting, row, count: 0 };
      }),
    );
}

function takesPart(
  { id, peer }: Subject,
  scenario: Scenario,
  durability: DurabilityClass,
): boolean {
  if (!peer.classes.includes(durability)) return false;
  if (scenario.isSameInBothClasses !== true || durability === "D2") return true;
  return id === "clx" || !peer.classes.includes("D2");
}

/** Where a peer has nothing to tune, its default stands for both. */
function settingsOf(
  { kind, settings, isSameInBothClasses = false }: Scenario,
  { peer }: Subject,
  durability: DurabilityClass,
): readonly Setting[] {
  const isTunable = peer.settings.tuned !== undefined && (peer.tunes?.includes(kind) ?? true);
  if (!isTunable || kind === "submit") return ["default"];
  const isSecondTime = durability === "D1" && peer.classes.includes("D2");
  if (isSecondTime && !isSameInBothClasses) return ["tuned"];
  return settings ?? ["default", "tuned"];
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

/** A short try, then a warm-up; the latter says how many tasks fill the time of a run. */
async function findSize(order: ScenarioOrder, entry: Entry): Promise<void> {
  const { scenario, options } = order;
  if (scenario.probe === undefined || failed(entry)) return;
  const { leastTasks } = entry.subject.peer;
  const least = Math.max(scenario.probe, leastTasks?.[entry.setting] ?? 0);
  entry.count = least;
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
