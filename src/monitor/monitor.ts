import { setTimeout as sleep } from "node:timers/promises";
import { changes } from "../library/changes.ts";
import { keepInSight } from "./in-sight.ts";
import { printPlainLog } from "./plain-log.ts";
import { type Pressed, press, type Wish } from "./press.ts";
import { Reader, type ReaderParams } from "./reader.ts";
import { type Look, render } from "./render.ts";
import { type Act, type ActionName, firstState, type MonitorState, openedOf } from "./state.ts";
import { FullScreen } from "./terminal/full-screen.ts";
import type { Key } from "./terminal/keys.ts";

export interface MonitorParams extends ReaderParams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly look: Look & { readonly colours: boolean };
  readonly readOnly: boolean;
  readonly clock: () => number;
  /** Does it, and says in a clause what has become of it. */
  readonly perform: (action: ActionName, id: string) => Promise<string>;
  /** Why what the store tells is not that of the database any more: its file is gone. */
  readonly lossOfStore: () => string | undefined;
  /** Aborted: leave, as for Ctrl-C. */
  readonly stop: AbortSignal;
}

/** However much happens, the store is not read more often. */
const leastPauseMs = 250;
const tickMs = 1_000;

/**
 * The full-screen monitor: it runs until somebody leaves it, and answers with the exit code.
 *
 * A loop of three sources: keys, rings of the store, and a tick for the clocks on the screen.
 * Each makes a new state (`press.ts`, `reader.ts`), which is drawn (`render.ts`); what cannot be
 * had by a state alone is a wish, and is granted here.
 */
export class Monitor {
  readonly #params: MonitorParams;
  readonly #reader: Reader;
  readonly #screen: FullScreen;
  readonly #done = new AbortController();
  #state: MonitorState;
  #exitCode = 130;
  #isStale = false;
  #isReading = false;
  #endAside: (() => void) | undefined;
  #loss: string | undefined;

  constructor(params: MonitorParams) {
    const { input, output, look, readOnly, clock } = params;
    this.#params = params;
    this.#reader = new Reader(params);
    this.#screen = new FullScreen({
      ...{ input, output, colours: look.colours },
      onKey: (key) => this.#onKey(key),
      onRedraw: () => this.#show(this.#state),
    });
    this.#state = firstState({ now: clock(), size: this.#screen.size, readOnly });
  }

  async run(): Promise<number> {
    const { stop, store } = this.#params;
    const ended = AbortSignal.any([stop, this.#done.signal]);
    ended.addEventListener("abort", () => this.#endAside?.());
    this.#screen.enter();
    this.#show(this.#state);
    const tick = setInterval(() => this.#tick(), tickMs);
    try {
      for await (const _ of changes(store, ended)) {
        await this.#read();
        await sleep(leastPauseMs, undefined, { signal: ended }).catch(() => {});
      }
    } finally {
      clearInterval(tick);
      this.#screen.leave();
    }
    return this.#exitCode;
  }

  /** An open file can be read long after it has been deleted. */
  #tick(): void {
    const loss = this.#params.lossOfStore();
    const wasLost = this.#loss !== undefined;
    this.#loss = loss;
    if (loss !== undefined) this.#show({ ...this.#state, trouble: loss });
    else if (wasLost) void this.#read();
    else this.#show(this.#state);
  }

  #show(state: MonitorState): void {
    const { clock, look } = this.#params;
    const current = { ...state, now: clock(), size: this.#screen.size };
    this.#state = keepInSight(current);
    this.#screen.draw(render(this.#state, look));
  }

  /** A reading that is asked for while another is under way follows it. */
  async #read(): Promise<void> {
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        await this.#readOnce();
      }
    } finally {
      this.#isReading = false;
    }
  }

  async #readOnce(): Promise<void> {
    if (this.#params.lossOfStore() !== undefined) return;
    const opened = openedOf(this.#state);
    try {
      const seen = await this.#reader.readSeen();
      const story = opened && (await this.#reader.readStory(opened));
      const { trouble: _, ...state } = this.#state;
      const views = state.opened.map((view) => {
        if (story?.id !== view.id || story.kind !== view.kind) return view;
        return { ...view, story: story.story } as typeof view;
      });
      const isGone = opened !== undefined && story === undefined;
      this.#show({
        ...state,
        seen,
        opened: isGone ? views.filter(({ id }) => id !== opened.id) : views,
        ...(isGone && { message: `${opened.kind} ${opened.id} has been removed` }),
      });
    } catch (error) {
      this.#show({ ...this.#state, trouble: messageOf(error) });
    }
  }

  #onKey(key: Key): void {
    if (this.#done.signal.aborted) return;
    if (this.#endAside !== undefined) {
      if (["enter", "q", "escape", "o"].includes(key)) this.#endAside();
      else if (key === "ctrl-c") this.#quit(130);
      return;
    }
    const before = openedOf(this.#state)?.id;
    const { state, wish }: Pressed = press(this.#state, key);
    this.#show(state);
    if (openedOf(state)?.id !== before) void this.#read();
    if (wish) this.#grant(wish);
  }

  #grant(wish: Wish): void {
    if (wish.kind === "quit") this.#quit(wish.exitCode);
    else if (wish.kind === "suspend") this.#screen.suspend();
    else if (wish.kind === "redraw") this.#redraw();
    else if (wish.kind === "plain_log") void this.#leaveForLog(wish.taskId);
    else void this.#act(wish.act);
  }

  /** What is typed from now on is for the shell. */
  #quit(exitCode: number): void {
    this.#exitCode = exitCode;
    this.#screen.leave();
    this.#done.abort();
  }

  #redraw(): void {
    this.#screen.forget();
    this.#show(this.#state);
  }

  async #leaveForLog(taskId: string): Promise<void> {
    const { store, output } = this.#params;
    const back = new AbortController();
    this.#endAside = () => back.abort();
    try {
      await this.#screen.aside(() => printPlainLog({ store, taskId, output, stop: back.signal }));
    } catch (error) {
      this.#show({ ...this.#state, message: messageOf(error) });
    } finally {
      this.#endAside = undefined;
    }
  }

  async #act({ action, ids }: Act): Promise<void> {
    const loss = this.#params.lossOfStore();
    if (loss !== undefined) {
      this.#show({ ...this.#state, message: `${action}: nothing is done: ${loss}` });
      return;
    }
    this.#show({ ...this.#state, message: `${action}: ${ids.length} to do …` });
    const told: string[] = [];
    const failed: string[] = [];
    for (const id of ids) {
      try {
        told.push(await this.#params.perform(action, id));
      } catch (error) {
        failed.push(messageOf(error));
      }
    }
    const [onlyOne = ""] = [...failed, ...told];
    const counts = `${action}: ${told.length} done, ${failed.length} refused`;
    const message = ids.length === 1 ? onlyOne : [counts, ...failed.slice(0, 1)].join("; ");
    this.#show({ ...this.#state, message });
    await this.#read();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
