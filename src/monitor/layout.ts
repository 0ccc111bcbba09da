import type { Size } from "./terminal/line.ts";

/** How the rows of the screen are shared out. All in rows. */
export interface ListLayout {
  readonly attention: number;
  readonly meters: number;
  readonly table: number;
  /** Its separator included; 0 when there is no room for it. */
  readonly detail: number;
}

export const leastSize: Size = { columns: 60, rows: 15 };

/** The title above; tabs and table head; message and legend below. */
const frameRows = 5;

export function isTooSmall({ columns, rows }: Size): boolean {
  return columns < leastSize.columns || rows < leastSize.rows;
}

export function layoutList({ rows }: Size): ListLayout {
  const isLow = rows < 20;
  const attention = isLow ? 1 : 2;
  const meters = isLow ? 1 : 3;
  const detail = isLow ? 0 : Math.min(12, Math.floor(rows / 4));
  return { attention, meters, detail, table: rows - frameRows - attention - meters - detail };
}

/** Title above; separator; message and legend below. */
const storyFrameRows = 4;

export interface StoryLayout {
  readonly facts: number;
  readonly below: number;
}

/** Facts above, and what moves below them: at least half of what there is. */
export function layoutStory({ rows }: Size, wantedFacts: number): StoryLayout {
  const room = rows - storyFrameRows;
  const facts = Math.min(wantedFacts, Math.floor(room / 2));
  return { facts, below: room - facts };
}
