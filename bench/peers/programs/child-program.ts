import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { cpuSecondsOf } from "../../measure/process-usage.ts";

const live = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of live) child.kill("SIGKILL");
});

/** A program of the bench in a process of its own, which says "ready" and does what it is asked. */
export class ChildProgram {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(child: ChildProcess): Promise<ChildProgram> {
    live.add(child);
    child.once("exit", () => live.delete(child));
    const gone = once(child, "exit").then(([code, signal]) => {
      throw new Error(`a program of the bench ended early: ${code ?? signal}`);
    });
    await Promise.race([once(child, "message"), gone]);
    gone.catch(() => undefined);
    return new ChildProgram(child);
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  pids(): readonly number[] {
    const { pid } = this.#child;
    return this.hasExited || pid === undefined ? [] : [pid];
  }

  cpuSeconds(): number {
    return this.pids().reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  }

  async ask<Answer>(question: string): Promise<Answer> {
    const answer = once(this.#child, "message");
    this.#child.send(question);
    return (await answer)[0] as Answer;
  }

  async kill(): Promise<void> {
    if (this.hasExited) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }

  /** Asks it to leave, and ends it if it does not. */
  async stop(withinMs = 15_000): Promise<void> {
    if (this.hasExited) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGCONT");
    if (this.#child.connected) this.#child.send("stop");
    const limit = new AbortController();
    const late = pause(withinMs, "late", { signal: limit.signal }).catch(() => "gone");
    if ((await Promise.race([gone, late])) === "late") await this.kill();
    limit.abort();
  }
}
