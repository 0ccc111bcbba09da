import { setTimeout as sleep } from "node:timers/promises";

/** How long one look waits for others who want to see the same. */
const gatherMs = 100;

/**
 * Many who look at the same are answered from one look.
 *
 * When something changes, every page that shows it asks within the next second. The first to ask
 * waits a moment for the others, then the store is read once for all of them: after each of them
 * has asked, so that nobody sees what was before their own doing.
 */
export class SharedLook<T> {
  readonly #underway = new Map<string, Promise<T>>();

  get(what: string, look: () => Promise<T>): Promise<T> {
    const underway = this.#underway.get(what);
    if (underway !== undefined) return underway;
    const begun = sleep(gatherMs).then(() => {
      this.#underway.delete(what);
      return look();
    });
    this.#underway.set(what, begun);
    return begun;
  }
}
