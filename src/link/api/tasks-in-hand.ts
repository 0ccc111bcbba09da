import type { Task } from "../../domain/task.ts";
import type { Settlement } from "../../store/task-store.ts";

/** So many that are over are remembered: no answer is under way for longer. */
const mostOver = 4_096;

/**
 * The attempts that a worker has claimed and not settled.
 *
 * It may be told of one more than once, and also when it is over: the answer to a claim that waits
 * can be overtaken by all that follows it. Attempts of a task only grow, so what was over stays so.
 */
export class TasksInHand {
  readonly #attempts = new Map<string, number>();
  readonly #over = new Map<string, number>();

  get isEmpty(): boolean {
    return this.#attempts.size === 0;
  }

  names(): readonly string[] {
    return [...this.#attempts.keys()];
  }

  /** Those of the tasks that are news, which are in hand from now on. */
  receive(tasks: readonly Task[]): readonly Task[] {
    const news = tasks.filter(({ id, attempt }) => {
      const isOver = attempt <= (this.#over.get(id) ?? 0);
      return !isOver && this.#attempts.get(id) !== attempt;
    });
    for (const { id, attempt } of news) this.#attempts.set(id, attempt);
    return news;
  }

  settle(settlements: readonly Settlement[]): void {
    for (const { taskId, attempt } of settlements) {
      this.#attempts.delete(taskId);
      this.#over.delete(taskId); // so that it is the latest
      this.#over.set(taskId, attempt);
    }
    for (const oldest of this.#over.keys()) {
      if (this.#over.size <= mostOver) break;
      this.#over.delete(oldest);
    }
  }

  /** Nobody knows whether these were settled: they may be given again. */
  doubt(settlements: readonly Settlement[]): void {
    for (const { taskId } of settlements) this.#over.delete(taskId);
  }
}
