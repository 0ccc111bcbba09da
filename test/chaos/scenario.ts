import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readRecords } from "./journal.ts";
import { chosenSeed } from "./random.ts";
import { Stage } from "./stage.ts";

/**
 * Plays a scenario on a stage of its own, and clears the stage whatever happens.
 *
 * One that fails says its seed, what the journals have, and how to repeat it; its folder stays.
 */
export async function playScenario(
  play: (stage: Stage) => Promise<void>,
  seed = chosenSeed(),
): Promise<void> {
  const stage = new Stage(seed);
  try {
    await withinTime(play(stage));
  } catch (error) {
    await stage.clear();
    throw new Error(describeFailure(stage, error), { cause: error });
  }
  await stage.clear();
  stage.removeFolder();
}

/** Less than the test runner allows, which would leave the stage as it is. */
const longestMs = 150_000;

async function withinTime(play: Promise<void>): Promise<void> {
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not over after ${longestMs} ms`)), longestMs);
  try {
    await Promise.race([play, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

function describeFailure(stage: Stage, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return [
    message,
    `seed ${stage.seed}: repeat with CLX_CHAOS_SEED=${stage.seed} npm run test:chaos`,
    `folder ${stage.folder} is left for you`,
    "journal, concerned tasks or the last lines:",
    ...journalOf(stage, message),
    ...logsOf(stage),
  ].join("\n");
}

const shownLines = 40;

function journalOf(stage: Stage, message: string): string[] {
  const lines = readRecords(stage.journalPath);
  const concerned = lines.filter((line) => "run" in line && message.includes(line.run.taskId));
  const shown = concerned.length > 0 ? concerned : lines;
  return shown.slice(-shownLines).map((line) => `  ${JSON.stringify(line)}`);
}

function logsOf(stage: Stage): string[] {
  const names = readdirSync(stage.folder).filter((name) => name.endsWith(".log"));
  return names.flatMap((name) => {
    const text = readFileSync(join(stage.folder, name), "utf8").trim();
    return text === "" ? [] : [`${name}:`, ...text.split("\n").slice(-8)];
  });
}
