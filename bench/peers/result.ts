import { median } from "../measure/statistics.ts";
import type { DurabilityClass } from "../options.ts";
import type { MachineFacts } from "./machine.ts";
import type { RunOptions } from "./options.ts";
import type { Outcome } from "./scenario.ts";

export interface PeerRow {
  readonly scenario: string;
  readonly class: DurabilityClass;
  readonly peer: string;
  readonly setting: string;
  readonly loadBefore: number[];
  readonly runs: Outcome[];
  /** Why it is void. */
  error?: string;
  /** Why it cannot be measured. */
  refused?: string;
}

export interface PeersResult extends MachineFacts {
  readonly options: RunOptions;
  readonly notLoaded: readonly string[];
  readonly settings: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly rows: PeerRow[];
}

export function mainOf(row: PeerRow, name: string): number {
  return median(row.runs.map(({ values }) => values[name] ?? Number.NaN));
}
