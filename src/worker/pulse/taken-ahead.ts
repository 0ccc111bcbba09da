import type { BegunAttempt, Settlement } from "../../store/task-store.ts";
import { monotonicMs } from "../monotonic.ts";
import type { AttemptBoard } from "./attempt-board.ts";
import type { Watched } from "./guard.ts";
import type { Announced } from "./messages.ts";

/** What the store is to be told of attempts that were taken ahead. */
export interface NewsOfAhead {
  readonly settlements: readonly Settlement[];
  readonly begun: readonly BegunAttempt[];
}

/**
 * Sees to it that what was taken ahead does not wait for long.
 *
 * After a moment an attempt has begun, and the store is told, so that it counts if the worker dies;
 * or it has not, because one before it takes longer, and it is given back.
 */
export class TakenAhead {
  readonly #board: AttemptBoard;
  readonly #told = new WeakSet<Watched>();

  constructor(board: AttemptBoard) {
    this.#board = board;
  }

  /** Has begun, and is not known to the store as such. */
  isUntold(attempt: Watched): boolean {
    return attempt.aheadUntil !== undefined && !this.#told.has(attempt);
  }

  /** Once its moment is over; whatever is given back is over on the board. */
  endWaiting(waiting: readonly Announced[], running: readonly Watched[]): NewsOfAhead {
    const now = monotonicMs();
    const isDue = ({ aheadUntil = Infinity }: Announced) => aheadUntil <= now;
    const givenBack = waiting.filter((one) => isDue(one) && this.#board.giveBack(one));
    return {
      settlements: givenBack.map(({ taskId, attempt }) => ({
        ...{ taskId, attempt, outcome: { kind: "released" } as const },
      })),
      begun: this.tell(running.filter(isDue)),
    };
  }

  /** What there is to be told of those that run, once. */
  tell(running: readonly Watched[]): readonly BegunAttempt[] {
    const sinceEpoch = Date.now() - monotonicMs();
    const untold = running.filter((attempt) => this.isUntold(attempt));
    for (const attempt of untold) this.#told.add(attempt);
    return untold.map(({ taskId, attempt, startedAt }) => ({
      ...{ taskId, attempt, startedAt: Math.round(sinceEpoch + startedAt) },
    }));
  }
}
