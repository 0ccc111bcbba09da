import type { Measured } from "../row.ts";
import type { ScenarioKind, Setting } from "./peer.ts";
import type { Stage } from "./stage.ts";

/** One row of the comparison: written once, played by every peer. */
export interface Scenario {
  readonly id: string;
  /** For the summary. */
  readonly title: string;
  readonly what: string;
  readonly kind: ScenarioKind;
  /** In which durability classes a whole run has it. */
  readonly classes: readonly ("D2" | "D1")[];
  /** Settings to measure, where a whole run cannot have all; in D1 it is the tuned one alone. */
  readonly settings?: readonly Setting[];
  /** The value by which peers are compared. */
  readonly main: MainValue;
  /** Measured runs, if not as many as asked for. */
  readonly runs?: number;
  /** Mostly waiting: the others are measured at the same time; in all long ones at once. */
  readonly waits?: "short" | "long";
  /** In the class D1 it says something only of those who have no D2. */
  readonly isSameInBothClasses?: boolean;
  /** It needs a disk of its own, which can be filled. */
  readonly smallDisk?: { mount(folder: string): void; unmount(folder: string): void };
  /** How many tasks the first, short try takes; left out where the size is fixed. */
  readonly probe?: number;
  play(performance: Performance): Promise<Outcome>;
}

export interface MainValue {
  readonly name: string;
  readonly better: "more" | "less";
}

export interface Performance {
  /** Opened anew for this run, closed after it. */
  readonly stage: Stage;
  readonly options: PeerOptions;
  /** How many tasks; so many that the run takes about as long as is wanted. */
  readonly count: number;
}

export interface PeerOptions {
  readonly quick: boolean;
  /** How long a measured run of many tasks should about take. */
  readonly runSeconds: number;
  /** How long a recovery is waited for. */
  readonly patienceSeconds: number;
  readonly idleSeconds: number;
  readonly backlog: number;
}

export interface Outcome extends Measured {
  /** Tasks of this run. */
  readonly count: number;
  /** For the choice of the next size. */
  readonly seconds?: number;
  /** Something that a reader must know. */
  readonly note?: string;
}
