import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { identify, ownIdentity } from "../../machine/process-identity.ts";
import { followTree, type ProcessTree } from "../../machine/process-tree.ts";
import { type Keeper, keepWatch } from "./keeper.ts";

export interface ProgramParams {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `CLX_TASK_MARK=…`, as it is in `env`. */
  readonly mark: string;
}

export interface ProgramExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** It could not be started at all. */
  readonly error?: NodeJS.ErrnoException;
}

/** The program of an agent, in a session of its own, and all that it starts. */
export class AgentProgram {
  readonly process: ChildProcess;
  /** Never rejects. */
  readonly exited: Promise<ProgramExit>;
  readonly #tree: ProcessTree | undefined;
  readonly #keeper: Keeper | undefined;
  #isOver = false;

  /** @throws Error of the system's that says why it cannot be started, unless `exited` does */
  constructor({ command, args, cwd, env, mark }: ProgramParams) {
    this.process = spawn(command, args, { cwd, env, detached: true, stdio: "pipe" });
    this.exited = exitOf(this.process);
    void this.exited.then(() => {
      this.#isOver = true;
    });
    const { pid } = this.process;
    if (pid === undefined) return;
    this.#tree = followTree({ root: identify(pid) ?? endedAlready(pid), mark });
    this.#keeper = keepWatch({ group: pid, mark });
  }

  /** Seen now and then, children are known also after they have left the tree. */
  look(): void {
    if (!this.#isOver) this.#tree?.sample();
  }

  /**
   * Ends what still runs of it, and its keeper.
   *
   * @returns how many processes were ended, and those that could not be
   */
  async end(
    graceMs: number,
  ): Promise<{ readonly ended: number; readonly left: readonly number[] }> {
    const ended = (await this.#tree?.end({ graceMs })) ?? { ended: 0, left: [] };
    if (ended.left.length === 0) await this.exited;
    await this.#keeper?.dismiss();
    return ended;
  }
}

/** "exit", not "close": a child of the program may hold its pipes open for ever. */
async function exitOf(process: ChildProcess): Promise<ProgramExit> {
  for (const pipe of process.stdio) pipe?.on("error", () => {});
  try {
    const [code, signal] = await once(process, "exit");
    return { code, signal };
  } catch (error) {
    return { code: null, signal: null, error: error as NodeJS.ErrnoException };
  }
}

function endedAlready(pid: number) {
  return { ...ownIdentity(), pid, startedAt: "ended" };
}
