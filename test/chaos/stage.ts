import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { appendRecord, monotonicMs } from "./journal.ts";
import { markedProcesses, type SeenProcess, signalProcess } from "./processes.ts";
import { type Random, randomFrom } from "./random.ts";
import { runJournal } from "./run-guard.ts";

/** In the environment of every process of a scenario. */
export const stageMark = "CLX_CHAOS_RUN";

/** Where one scenario plays: a folder, a mark in the environment, and a seed. */
export class Stage {
  readonly folder: string;
  readonly mark = randomBytes(8).toString("hex");
  readonly seed: number;
  readonly random: Random;
  readonly actors: Actor[] = [];
  #isOver = false;

  constructor(seed: number) {
    this.seed = seed;
    this.random = randomFrom(seed);
    this.folder = mkdtempSync(join(tmpdir(), "clx-chaos-"));
    mkdirSync(dirname(this.dbPath));
  }

  /** Nothing is started again from now on. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get dbPath(): string {
    return join(this.folder, "store", "clx.db");
  }

  get acknowledgedPath(): string {
    return join(this.folder, "acknowledged.txt");
  }

  get journalPath(): string {
    return runJournal(this.folder);
  }

  /** Starts one of `programs/` as a process of its own, told what to do by one JSON argument. */
  start(program: string, order: object, env: Readonly<Record<string, string>> = {}): Actor {
    const log = join(this.folder, `${program}-${this.actors.length}.log`);
    const output = openSync(log, "a");
    const path = fileURLToPath(new URL(`programs/${program}.ts`, import.meta.url));
    const child = spawn(process.execPath, [path, JSON.stringify(order)], {
      env: { ...process.env, ...env, [stageMark]: this.mark, CLX_CHAOS_FOLDER: this.folder },
      stdio: ["pipe", output, output],
      cwd: this.folder,
    });
    closeSync(output);
    const actor = new Actor(program, child, log);
    this.actors.push(actor);
    return actor;
  }

  processes(): SeenProcess[] {
    return markedProcesses(stageMark, this.mark);
  }

  note(what: string): void {
    appendRecord(this.journalPath, { kind: "nemesis", at: monotonicMs(), what });
  }

  /** Those that are still there after a while; an empty list is what we want. */
  async survivors(waitMs: number): Promise<SeenProcess[]> {
    const until = monotonicMs() + waitMs;
    while (this.processes().length > 0 && monotonicMs() < until) await pause(50);
    return this.processes();
  }

  /** Ends every process of the scenario, whatever state it is in. */
  async clear(): Promise<void> {
    this.#isOver = true;
    for (let round = 0; round < 100; round++) {
      const left = this.processes();
      if (left.length === 0) return;
      for (const process of left) signalProcess(process, "SIGKILL");
      await pause(20);
    }
    throw new Error(`processes of ${this.folder} cannot be ended`);
  }

  removeFolder(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A process that the scenario itself started. */
export class Actor {
  readonly program: string;
  readonly child: ChildProcess;
  readonly log: string;
  readonly exited: Promise<string>;

  constructor(program: string, child: ChildProcess, log: string) {
    this.program = program;
    this.child = child;
    this.log = log;
    this.exited = once(child, "exit").then(([code, signal]) => String(signal ?? code));
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.child.kill(signal);
  }

  output(): string {
    return readFileSync(this.log, "utf8");
  }

  /** Asks it to end, and waits; a process that does not is an error with its output. */
  async stop(withinMs: number): Promise<void> {
    this.signal("SIGTERM");
    const ended = await Promise.race([this.exited, pause(withinMs, undefined, { ref: false })]);
    if (ended === undefined) {
      throw new Error(`${this.program} did not end within ${withinMs} ms:\n${this.output()}`);
    }
  }
}

/** Looks again and again until something is so; the exception says what never was. */
export async function until(
  what: string,
  withinMs: number,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = monotonicMs() + withinMs;
  while (!(await isSo())) {
    if (monotonicMs() > deadline) throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    await pause(25);
  }
}
