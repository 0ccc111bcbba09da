/** Does what belongs to one name in the order in which it came, one after the other. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  take<T>(name: string, step: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const answer = before.then(step);
    const done = answer.then(
      () => {},
      () => {},
    );
    this.#last.set(name, done);
    void done.then(() => {
      if (this.#last.get(name) === done) this.#last.delete(name);
    });
    return answer;
  }
}
