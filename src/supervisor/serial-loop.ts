/**
 * Runs passes and jobs one after the other, never two at once.
 *
 * `kick` asks for a pass soon; any number of kicks before it begins make one pass. `ring` is a
 * kick by somebody who may ring often: passes begun for rings keep `ringIntervalMs` apart.
 */
export class SerialLoop {
  readonly #pass: () => Promise<void>;
  readonly #onError: (error: unknown) => void;
  readonly #ringIntervalMs: number;
  #turn: Promise<void> = Promise.resolve();
  #passIsDue = false;
  #ringTimer: NodeJS.Timeout | undefined;
  #lastRing = -Infinity;
  #stopped = false;

  constructor(params: {
    readonly pass: () => Promise<void>;
    readonly onError: (error: unknown) => void;
    readonly ringIntervalMs: number;
  }) {
    this.#pass = params.pass;
    this.#onError = params.onError;
    this.#ringIntervalMs = params.ringIntervalMs;
  }

  kick(): void {
    if (this.#passIsDue || this.#stopped) return;
    this.#passIsDue = true;
    this.run(async () => {
      this.#passIsDue = false;
      if (!this.#stopped) await this.#pass();
    }).catch(this.#onError);
  }

  ring(): void {
    if (this.#ringTimer !== undefined || this.#stopped) return;
    const wait = this.#lastRing + this.#ringIntervalMs - performance.now();
    this.#ringTimer = setTimeout(() => this.#answerRing(), Math.max(0, wait));
    this.#ringTimer.unref();
  }

  /** Runs a job when it is its turn. */
  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(job);
    this.#turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  /** Resolves once everything asked for so far has had its turn. */
  async idle(): Promise<void> {
    for (let last: Promise<void> | undefined; last !== this.#turn; ) {
      last = this.#turn;
      await last;
    }
  }

  /** No further pass begins; jobs still may. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#ringTimer);
  }

  #answerRing(): void {
    this.#ringTimer = undefined;
    this.#lastRing = performance.now();
    this.kick();
  }
}
