import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { TaskError, type TaskInHand } from "../../worker/handler.ts";
import type { CommandPayload } from "./command-payload.ts";

export interface StartedProgram {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly progress: Readable;
  /** `NAME=value` in the environment of all its children. */
  readonly mark: string;
}

/** @throws TaskError `not_started` */
export async function startProgram(
  task: TaskInHand<CommandPayload>,
  checkpointFolder: string,
): Promise<StartedProgram> {
  const { payload } = task;
  const mark = `${task.id}.${task.attempt}`;
  const env = {
    ...inheritedEnv(payload),
    ...payload.env,
    CLX_TASK_ID: task.id,
    CLX_ATTEMPT: String(task.attempt),
    CLX_CHECKPOINT_DIR: checkpointFolder,
    CLX_PROGRESS_FD: "3",
    CLX_TASK_MARK: mark,
  };
  try {
    const started = spawnProgram(payload, env);
    if (started.process.pid === undefined) await once(started.process, "spawn");
    started.process.stdin?.on("error", () => {}).end(payload.stdin);
    return { ...started, pid: started.process.pid ?? 0, mark: `CLX_TASK_MARK=${mark}` };
  } catch (error) {
    throw await explainNotStarted(error as NodeJS.ErrnoException, payload);
  }
}

function spawnProgram(payload: CommandPayload, env: NodeJS.ProcessEnv) {
  const [program, ...args] = payload.argv;
  const process = spawn(program, args, {
    env,
    detached: true,
    stdio: [payload.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe", "pipe"],
    ...(payload.cwd === undefined ? {} : { cwd: payload.cwd }),
  });
  const [, stdout, stderr, progress] = process.stdio as (Readable | null)[];
  if (!stdout || !stderr || !progress) throw new Error("the program got no pipes");
  return { process, stdout, stderr, progress };
}

/** The worker's id always goes along: whoever ends the worker finds its programs by it. */
function inheritedEnv({ inheritEnv = true }: CommandPayload): NodeJS.ProcessEnv {
  if (inheritEnv) return process.env;
  const { CLX_WORKER_ID } = process.env;
  return CLX_WORKER_ID === undefined ? {} : { CLX_WORKER_ID };
}

const faults: Readonly<Record<string, string>> = {
  EACCES: 'it is not executable, or its folder may not be entered; "chmod +x" makes it so',
  ENOTDIR: "a part of its path is a file, not a folder",
  ENOEXEC: "it is no program that this machine can run",
  E2BIG: "its arguments and environment are too long; give the data as stdin or in a file",
};

/** Errors of the machine (no more processes, no more descriptors) stay as they are. */
async function explainNotStarted(
  error: NodeJS.ErrnoException,
  { argv: [program], cwd }: CommandPayload,
): Promise<Error> {
  const fault =
    cwd !== undefined && !(await isFolder(cwd))
      ? `its cwd ${cwd} is no folder; create it or name another`
      : error.code === "ENOENT"
        ? missing(program)
        : faults[error.code ?? ""];
  if (fault === undefined) return error;
  return new TaskError("not_started", `${JSON.stringify(program)} was not started: ${fault}`);
}

function missing(program: string): string {
  return program.includes("/")
    ? "there is no such file, or the interpreter in its first line is missing"
    : "it is not on the PATH; install it or give its full path";
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
