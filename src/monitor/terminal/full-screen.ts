import { difference, type Frame, frameOf } from "./frame.ts";
import { type Key, KeyDecoder } from "./keys.ts";
import type { Line, Size } from "./line.ts";

/** How long after an escape the rest of a sequence may take, through ssh and tmux too. */
const escapePatienceMs = 60;

const alternate = "\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[?2004h\u001b[2J";
const normal = "\u001b[0m\u001b[?2004l\u001b[?7h\u001b[?25h\u001b[?1049l";
/** Terminals that know this show all between them at once; others ignore it. */
const together = ["\u001b[?2026h", "\u001b[?2026l"] as const;

export interface FullScreenParams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly colours: boolean;
  readonly onKey: (key: Key) => void;
  /** The size has changed, or what was shown is gone: draw again. */
  readonly onRedraw: () => void;
}

/**
 * The terminal as one screen: another buffer than the shell's, keys as they are pressed.
 *
 * However the process ends, the terminal is given back as it was: by `leave`, at `exit`, and
 * before an uncaught error is printed. Suspended (Ctrl-Z, SIGTSTP), it is given back until the
 * process continues. Only SIGKILL cannot be helped.
 */
export class FullScreen {
  readonly #params: FullScreenParams;
  readonly #keys = new KeyDecoder();
  #frame: Frame | undefined;
  #isShown = false;
  #isOurs = false;
  #patience: NodeJS.Timeout | undefined;

  constructor(params: FullScreenParams) {
    this.#params = params;
  }

  get size(): Size {
    const { columns, rows } = this.#params.output;
    return { columns: columns || 80, rows: rows || 24 };
  }

  enter(): void {
    const { input, output } = this.#params;
    this.#isOurs = true;
    process.on("exit", this.#giveBack);
    process.on("uncaughtExceptionMonitor", this.#giveBack);
    process.on("SIGTSTP", this.suspend);
    process.on("SIGCONT", this.#comeBack);
    output.on("resize", this.#resized);
    input.setEncoding("utf8").on("data", this.#heard);
    this.#take();
    input.resume();
  }

  /** For good. */
  leave(): void {
    const { input, output } = this.#params;
    this.#giveBack();
    this.#isOurs = false;
    clearTimeout(this.#patience);
    input.off("data", this.#heard).pause();
    output.off("resize", this.#resized);
    process.off("exit", this.#giveBack);
    process.off("uncaughtExceptionMonitor", this.#giveBack);
    process.off("SIGTSTP", this.suspend);
    process.off("SIGCONT", this.#comeBack);
  }

  draw(lines: readonly Line[]): void {
    if (!this.#isShown) return;
    const frame = frameOf(lines, this.size, this.#params.colours);
    const changes = difference(this.#frame, frame);
    this.#frame = frame;
    if (changes !== "") this.#params.output.write(together.join(changes));
  }

  /** The whole screen is drawn anew next time. */
  forget(): void {
    this.#frame = undefined;
    if (this.#isShown) this.#params.output.write("\u001b[2J");
  }

  /** Shows the shell's screen while something else prints there. Keys still come. */
  async aside<T>(during: () => Promise<T>): Promise<T> {
    this.#showNormal();
    try {
      return await during();
    } finally {
      if (this.#isOurs) {
        this.#showOurs();
        this.#params.onRedraw();
      }
    }
  }

  /** Stops this process and its group, as Ctrl-Z does elsewhere; returns when it goes on. */
  readonly suspend = (): void => {
    this.#giveBack();
    process.off("SIGTSTP", this.suspend);
    process.kill(0, "SIGTSTP");
    process.on("SIGTSTP", this.suspend);
    // Where there is no job control nothing has stopped, and nothing will tell us to go on.
    setImmediate(() => {
      if (!this.#isShown) this.#comeBack();
    });
  };

  readonly #comeBack = (): void => {
    if (!this.#isOurs) return;
    this.#giveBack();
    this.#take();
    this.#params.onRedraw();
  };

  readonly #giveBack = (): void => {
    const { input } = this.#params;
    if (this.#isShown) this.#showNormal();
    if (input.isRaw) input.setRawMode(false);
  };

  #take(): void {
    this.#params.input.setRawMode(true);
    this.#showOurs();
  }

  #showOurs(): void {
    this.#isShown = true;
    this.#frame = undefined;
    this.#params.output.write(alternate);
  }

  #showNormal(): void {
    this.#isShown = false;
    this.#params.output.write(normal);
  }

  readonly #resized = (): void => {
    this.forget();
    this.#params.onRedraw();
  };

  readonly #heard = (text: string): void => {
    clearTimeout(this.#patience);
    for (const key of this.#keys.push(text)) this.#params.onKey(key);
    if (!this.#keys.isWaiting) return;
    this.#patience = setTimeout(() => {
      for (const key of this.#keys.giveUp()) this.#params.onKey(key);
    }, escapePatienceMs);
  };
}
