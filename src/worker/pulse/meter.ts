import type { WorkerUsage } from "../../domain/worker.ts";
import type { ProcessTree } from "../../machine/process-tree.ts";
import { monotonicMs } from "../monotonic.ts";
import type { Watched } from "./guard.ts";
import type { UsageBoard } from "./usage-board.ts";

/** Measures the worker's tree, and puts it on the account of the attempts that run. */
export class Meter {
  readonly #tree: ProcessTree;
  readonly #board: UsageBoard;
  #lastAt = monotonicMs();

  constructor(tree: ProcessTree, board: UsageBoard) {
    this.#tree = tree;
    this.#board = board;
  }

  /** Makes sure that the time before now is not put on the account of what begins now. */
  refresh(maxAgeMs: number): void {
    if (monotonicMs() - this.#lastAt > maxAgeMs) this.sample([]);
  }

  /** Attempts that run side by side cannot be told apart: each is shown the whole tree's use. */
  sample(attempts: Iterable<Watched>): WorkerUsage {
    const usage = this.#tree.sample();
    const now = monotonicMs();
    for (const { slot, startedAt } of attempts) {
      const sinceMs = now - Math.max(this.#lastAt, startedAt);
      this.#board.note(slot, usage.memory, (sinceMs * (usage.cpuPercent ?? 0)) / 100);
    }
    this.#lastAt = now;
    return usage;
  }
}
