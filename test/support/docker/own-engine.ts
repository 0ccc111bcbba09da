import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { onTestFinished } from "vitest";
import { until } from "../until.ts";
import { untilDone } from "./make-once.ts";

/** Leaves the rules of this machine's network as they are. */
const withoutRules = [
  ...["--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"],
];

export interface OwnEngineParams {
  /**
   * The engine sees a machine's network that is nobody else's, and writes its rules there, as it
   * does where people use it. Without it there are no rules, and networks are not kept apart.
   */
  readonly hasOwnNetwork?: boolean;
}

/** An engine for one test, which may be ended and started again. It has no bridge, only `none`. */
export class OwnEngine {
  readonly docker: Docker;
  readonly #folder: string;
  readonly #params: OwnEngineParams;
  #daemon: ChildProcess | undefined;

  private constructor(folder: string, params: OwnEngineParams) {
    this.#folder = folder;
    this.#params = params;
    this.docker = new Docker({ socketPath: join(folder, "d.sock") });
  }

  static async start(params: OwnEngineParams = {}): Promise<OwnEngine> {
    const engine = new OwnEngine(mkdtempSync(join(tmpdir(), "clx-dk-")), params);
    onTestFinished(() => engine.#remove(), 60_000);
    await engine.start();
    return engine;
  }

  async start(): Promise<void> {
    const at = (name: string) => join(this.#folder, name);
    const log = openSync(at("log"), "a");
    const { hasOwnNetwork = false } = this.#params;
    const command = [
      ...(hasOwnNetwork ? ["unshare", "--net"] : []),
      ...["dockerd", "--data-root", at("data"), "--exec-root", at("exec"), "--pidfile", at("pid")],
      ...["--host", `unix://${at("d.sock")}`, "--bridge", "none"],
      ...(hasOwnNetwork ? [] : withoutRules),
    ];
    const [program = "", ...args] = command;
    this.#daemon = spawn(program, args, { stdio: ["ignore", log, log] });
    await until(() => this.#answers(), {
      withinMs: 60_000,
      what: `an engine, which says ${readFileSync(at("log"), "utf8").slice(-2_000)}`,
    });
  }

  /** Of the daemon, whose network is that of its machine. */
  get pid(): number {
    return this.#daemon?.pid ?? 0;
  }

  /** As a system does that is shut down: the engine ends its containers first. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** As when it crashes: nobody ends its containers. */
  async kill(): Promise<void> {
    const containerd = Number(readFileSync(join(this.#folder, "exec/containerd/containerd.pid")));
    await this.#end("SIGKILL");
    rmSync(join(this.#folder, "pid"), { force: true });
    await until(async () => !existsSync(`/proc/${containerd}`), { what: "containerd to be gone" });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (daemon === undefined) return;
    const exited = once(daemon, "exit");
    daemon.kill(signal);
    await exited;
  }

  /** Takes over an image of another engine. */
  async copyImage(from: Docker, image: string): Promise<void> {
    const saved = await from.getImage(image).get();
    await untilDone(this.docker, await this.docker.loadImage(saved));
  }

  async #answers(): Promise<boolean> {
    return await this.docker
      .ping()
      .then(() => true)
      .catch(() => false);
  }

  async #remove(): Promise<void> {
    const left = await this.docker.listContainers({ all: true }).catch(() => []);
    for (const { Id } of left)
      await this.docker
        .getContainer(Id)
        .remove({ force: true })
        .catch(() => {}); // it is just being removed
    await this.stop();
    unmountAllIn(this.#folder);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export function hasDockerd(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    execFileSync("dockerd", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function unmountAllIn(folder: string): void {
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[1] ?? [])
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounts.toReversed()) execFileSync("umount", ["-l", path]);
}
