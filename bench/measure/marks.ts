import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Mark } from "../programs/marking-worker.ts";

export function readMarks(folder: string): Mark[] {
  try {
    const lines = readFileSync(join(folder, "marks.jsonl"), "utf8").split("\n");
    // A writer may be in the middle of the last line.
    return lines.slice(0, -1).map((line) => JSON.parse(line) as Mark);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

export async function waitForMarks(
  folder: string,
  isEnough: (marks: readonly Mark[]) => boolean,
  withinMs = 30_000,
): Promise<readonly Mark[]> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const marks = readMarks(folder);
    if (isEnough(marks)) return marks;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for marks in vain`);
    await pause(5);
  }
}
