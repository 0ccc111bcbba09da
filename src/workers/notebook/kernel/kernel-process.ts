import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { identify, ownIdentity } from "../../../machine/process-identity.ts";
import { followTree, type ProcessTree } from "../../../machine/process-tree.ts";
import { kernelEnvironment } from "./kernel-environment.ts";
import type { KernelFolder } from "./kernel-folder.ts";
import type { KernelSpec } from "./kernelspecs.ts";

/** Of what a kernel says outside of its cells, the end tells why it went. */
const tailLength = 2_000;

/** The program of a kernel, in a session of its own, and all that it starts. */
export class KernelProcess {
  /** Resolves with how it ended. */
  readonly ended: Promise<string>;
  readonly #process: ChildProcess;
  readonly #tree: ProcessTree;
  #tail = "";

  private constructor(process: ChildProcess, mark: string) {
    this.#process = process;
    const pid = process.pid ?? 0;
    const root = identify(pid) ?? { ...ownIdentity(), pid, startedAt: "ended" };
    this.#tree = followTree({ root, mark });
    this.ended = once(process, "exit").then((ending) => {
      const [code, signal] = ending as [number | null, string | null];
      return this.#explain(code, signal);
    });
    for (const pipe of [process.stdout, process.stderr]) this.#keepTail(pipe);
  }

  static async start(
    spec: KernelSpec,
    { folder, connectionFile }: { readonly folder: KernelFolder; readonly connectionFile: string },
  ): Promise<KernelProcess> {
    const mark = randomUUID();
    const fill = (text: string) =>
      text
        .replaceAll("{connection_file}", connectionFile)
        .replaceAll("{resource_dir}", spec.folder);
    const [program = "", ...args] = spec.argv.map(fill);
    const env = kernelEnvironment({ own: spec.env, mark, folders: folder });
    const started = spawn(program, args, {
      ...{ env, cwd: folder.work, detached: true },
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (started.pid === undefined) await once(started, "spawn");
    const running = new KernelProcess(started, `CLX_KERNEL=${mark}`);
    const identity = identify(started.pid ?? 0);
    if (identity !== undefined) await folder.noteProcess(identity);
    return running;
  }

  /** Python's way of saying that a cell shall stop. */
  interrupt(): void {
    const { pid } = this.#process;
    if (pid === undefined || this.#process.exitCode !== null) return;
    try {
      process.kill(-pid, "SIGINT");
    } catch {
      // it ended meanwhile
    }
  }

  /** Ends it and all that it started; nothing of a kernel's is worth a grace. */
  async end(): Promise<void> {
    await this.#tree.end({ graceMs: 0 });
    await this.ended;
  }

  #keepTail(pipe: Readable | null): void {
    pipe?.setEncoding("utf8").on("data", (text: string) => {
      this.#tail = (this.#tail + text).slice(-tailLength);
    });
  }

  #explain(code: number | null, signal: string | null): string {
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
    const said = this.#tail.trim().split("\n").at(-1);
    return said ? `${how}; it said: ${said}` : how;
  }
}
