import { openTaskStates } from "../../domain/task-state.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { PoolSpec } from "../../supervisor/pool.ts";
import type { CommandContext } from "../command.ts";
import { countTasks } from "../workers/count-tasks.ts";
import { ProgressPrinter } from "./progress-printer.ts";
import { typesNow } from "./types-now.ts";

export interface EmptyingParams {
  readonly context: Pick<CommandContext, "terminal" | "clock">;
  readonly store: TaskStore;
  readonly pools: readonly Pick<PoolSpec, "type" | "queue">[];
}

const pauseMs = 500;

/** Shows how the queue of some pools is emptied, from now on. */
export class EmptyingProgress {
  readonly #params: EmptyingParams;
  readonly #printer: ProgressPrinter;
  readonly #since: number;
  readonly #startedAt = performance.now();
  #lookedAt = 0;

  constructor(params: EmptyingParams) {
    this.#params = params;
    this.#printer = new ProgressPrinter(params.context.terminal);
    this.#since = params.context.clock();
  }

  async look(): Promise<void> {
    const time = performance.now();
    if (time - this.#lookedAt < pauseMs) return;
    this.#lookedAt = time;
    const { store, pools, context } = this.#params;
    const types = [...new Set(pools.map(({ type }) => type))];
    const open = await countTasks(store, pools, openTaskStates);
    const tallies = await store.tallyEnded({ since: this.#since, sample: 0 });
    const ours = tallies.filter(({ type }) => types.includes(type));
    const ended = sumOf(ours);
    this.#printer.show({
      total: ended + open,
      ended,
      failed: sumOf(ours.filter(({ state }) => state === "failed")),
      tookMs: time - this.#startedAt,
      types: await typesNow(store, types, context.clock()),
    });
  }

  spoke(): void {
    this.#printer.spoke();
  }

  close(): void {
    this.#printer.close();
  }
}

function sumOf(tallies: readonly { readonly count: number }[]): number {
  return tallies.reduce((sum, { count }) => sum + count, 0);
}
