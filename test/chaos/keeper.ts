import type { Actor, Stage } from "./stage.ts";

/** Starts a program again whenever it was killed, until it is told to stop or ends well. */
export class Keeper {
  #actor: Actor;
  #wanted = true;
  readonly #again: () => Actor;
  readonly #name: string;
  readonly #stage: Stage;
  readonly done: Promise<void>;

  constructor(stage: Stage, program: string, order: object, env: Record<string, string> = {}) {
    this.#stage = stage;
    this.#name = program;
    this.#again = () => stage.start(program, order, env);
    this.#actor = this.#again();
    this.done = this.#keep();
    this.done.catch(() => {}); // whoever waits for it is told
  }

  get actor(): Actor {
    return this.#actor;
  }

  /** Ends it politely. */
  async stop(withinMs: number): Promise<void> {
    this.#wanted = false;
    await this.#actor.stop(withinMs);
    await this.done;
  }

  async #keep(): Promise<void> {
    for (;;) {
      const ending = await this.#actor.exited;
      if (!this.#wanted || this.#stage.isOver || ending === "0") return;
      if (ending !== "SIGKILL") {
        throw new Error(`${this.#name} ended by itself (${ending}):\n${this.#actor.output()}`);
      }
      this.#actor = this.#again();
      this.#stage.note(`${this.#name} is started again as ${this.#actor.child.pid}`);
    }
  }
}
