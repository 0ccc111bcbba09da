import type { BenchOptions } from "./options.ts";

/** One line of the table: something that is measured again and again in the same way. */
export interface Row {
  readonly id: string;
  readonly what: string;
  /** One run; each begins with a new store. Throws when a task is lost or left. */
  measure(run: RunSetting): Promise<Measured>;
  /** Measured runs, if not as many as asked for: a row of many samples needs but one. */
  readonly runs?: number;
  readonly targets?: (medianOf: MedianOf) => readonly Target[];
}

export interface RunSetting {
  /** Empty at the start of the run, removed after it. */
  readonly folder: string;
  readonly options: BenchOptions;
  /** Picks a size: the first for a whole run, the second for a quick one. */
  size(whole: number, quick: number): number;
}

/** What one run found; all runs of a row have the same names. */
export interface Measured {
  readonly values: Readonly<Record<string, number>>;
  /** User and system time of all processes that took part, for each 1,000 tasks. */
  readonly cpuSecondsPer1000?: number;
  /** Tasks that ran more than once. */
  readonly duplicates?: number;
}

/** The median of a value of another row, measured in the same session; NaN when it was not. */
export type MedianOf = (rowId: string, value: string) => number;

/** What the architecture asks of a value, printed beside what was measured, missed or not. */
export interface Target {
  readonly value: string;
  readonly text: string;
  isMet(measured: number): boolean;
}

export function atMost(value: string, limit: number, unit: string): Target {
  return { value, text: `${value} ≤ ${limit} ${unit}`, isMet: (measured) => measured <= limit };
}
