import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Broker } from "../peer.ts";

export interface DaemonOrder {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** Whom it runs as, if not as us. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Resolves when it answers; rejects or throws while it does not. */
  isReady(): Promise<void>;
  /** How it is asked to end. */
  readonly stopSignal: NodeJS.Signals;
}

const running = new Set<Daemon>();
process.on("exit", () => {
  for (const daemon of running) daemon.killNow();
});

/** A server of the bench's own. It ends with the bench, even when that is killed. */
export class Daemon implements Broker {
  readonly #order: DaemonOrder;
  #child: ChildProcess | undefined;

  private constructor(order: DaemonOrder) {
    this.#order = order;
  }

  static async start(order: DaemonOrder): Promise<Daemon> {
    const daemon = new Daemon(order);
    await daemon.restart();
    return daemon;
  }

  async restart(): Promise<void> {
    running.add(this);
    const deadline = performance.now() + 30_000;
    for (;;) {
      if (this.#child === undefined || hasExited(this.#child)) this.#child = this.#launch();
      try {
        await this.#order.isReady();
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await pause(10);
      }
    }
  }

  get hasExited(): boolean {
    return this.#child === undefined || hasExited(this.#child);
  }

  pids(): readonly number[] {
    const pid = this.#child?.pid;
    return pid === undefined || this.hasExited ? [] : [pid, ...childrenOf(pid)];
  }

  cpuSeconds(): number {
    const [own, ...children] = this.pids();
    if (own === undefined) return 0;
    const ofChildren = children.map((pid) => timesOf(pid).own);
    const { own: ofServer, ended } = timesOf(own);
    return ofChildren.reduce((sum, seconds) => sum + seconds, ofServer + ended);
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async stop(): Promise<void> {
    await this.#end(this.#order.stopSignal);
    running.delete(this);
  }

  killNow(): void {
    if (!this.hasExited) this.#child?.kill("SIGKILL");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || hasExited(child)) return;
    const gone = once(child, "exit");
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await gone;
    clearTimeout(late);
  }

  #launch(): ChildProcess {
    const { command, args, folder, user } = this.#order;
    const log = openSync(join(folder, "server.log"), "a", 0o666);
    const [program, ...rest] = endingWithUs([command, ...args]);
    const child = spawn(program, rest, { cwd: folder, stdio: ["ignore", log, log], ...user });
    child.on("error", () => undefined);
    return child;
  }
}

function endingWithUs(command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  const setpriv = ["/usr/bin/setpriv", "/bin/setpriv"].find((path) => existsSync(path));
  return setpriv === undefined ? command : [setpriv, "--pdeathsig", "KILL", "--", ...command];
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && fieldsOf(Number(name))[1] === String(parent))
    .map(Number);
}

function timesOf(pid: number): { own: number; ended: number } {
  const [user, system, endedUser, endedSystem] = fieldsOf(pid).slice(11, 15).map(Number);
  return {
    own: ((user ?? 0) + (system ?? 0)) / 100,
    ended: ((endedUser ?? 0) + (endedSystem ?? 0)) / 100,
  };
}

/** Of `/proc/<pid>/stat`, from the state on; none when it is gone. */
function fieldsOf(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}
