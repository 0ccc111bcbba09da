import type { TaskStore } from "../../store/task-store.ts";

const lookEveryMs = 1_000;
const end = Number.MAX_SAFE_INTEGER;

export interface LogWatchParams {
  readonly store: TaskStore;
  readonly onChange: (taskId: string) => void;
  readonly onError: (error: unknown) => void;
}

interface Watched {
  listeners: number;
  logCursor: number;
  progressAt: number;
}

/** Looks at the progress and log of tasks that somebody watches: a report of them is no event. */
export class LogWatch {
  readonly #store: TaskStore;
  readonly #onChange: (taskId: string) => void;
  readonly #onError: (error: unknown) => void;
  readonly #watched = new Map<string, Watched>();
  #rung = false;
  #timer: NodeJS.Timeout | undefined;

  constructor({ store, onChange, onError }: LogWatchParams) {
    this.#store = store;
    this.#onChange = onChange;
    this.#onError = onError;
  }

  watch(taskIds: readonly string[]): () => void {
    for (const id of taskIds) {
      const watched = this.#watched.get(id) ?? { listeners: 0, logCursor: 0, progressAt: 0 };
      watched.listeners++;
      this.#watched.set(id, watched);
    }
    if (taskIds.length > 0) this.ring();
    return () => {
      for (const id of taskIds) this.#leave(id);
    };
  }

  ring(): void {
    this.#rung = true;
    if (this.#watched.size === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.#look(), lookEveryMs);
    this.#timer.unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watched.clear();
  }

  #leave(id: string): void {
    const watched = this.#watched.get(id);
    if (watched === undefined) return;
    watched.listeners--;
    if (watched.listeners === 0) this.#watched.delete(id);
  }

  async #look(): Promise<void> {
    this.#rung = false;
    try {
      for (const [id, watched] of this.#watched) await this.#lookAt(id, watched);
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#timer = undefined;
      if (this.#rung) this.ring();
    }
  }

  async #lookAt(taskId: string, watched: Watched): Promise<void> {
    const task = await this.#store.findTask(taskId);
    if (task === undefined || task.attempt === 0) return;
    const { logCursor, progressAt } = watched;
    const { lines } = await this.#store.logsOf({ taskId, after: 0, before: end, limit: 1 });
    watched.logCursor = lines[0]?.cursor ?? 0;
    watched.progressAt = task.progress?.at ?? 0;
    const isSame = watched.logCursor === logCursor && watched.progressAt === progressAt;
    if (!isSame) this.#onChange(taskId);
  }
}
