import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { identify, ownIdentity } from "../machine/process-identity.ts";
import { followTree } from "../machine/process-tree.ts";
import { StopReason, TaskError } from "../worker/handler.ts";
import { reasonOf } from "./user-error.ts";

export interface ToolRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Written to its standard input, which then ends. */
  readonly stdin?: string;
  /** When it is aborted, the tool and all its children are ended. */
  readonly signal: AbortSignal;
}

export interface ToolEnding {
  readonly code: number | null;
  readonly killedBy: string | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** What is left of a stop's grace is for the verifying, before the worker itself is ended. */
const graceShare = 0.8;
/** For children that the tool left behind when it ended. */
const leftoverGraceMs = 1_000;

/**
 * Runs a tool of the user's to its end in a process group of its own, and leaves nothing of it.
 *
 * @throws the reason of `signal` when that was aborted first, TaskError `not_started`
 */
export async function runTool(run: ToolRun): Promise<ToolEnding> {
  run.signal.throwIfAborted();
  const mark = randomUUID();
  const child = await start({ ...run, env: { ...run.env, CLX_TOOL_MARK: mark } });
  const tree = followTree({
    mark: `CLX_TOOL_MARK=${mark}`,
    root: identify(child.pid ?? 0) ?? { ...ownIdentity(), pid: child.pid ?? 0, startedAt: "ended" },
  });
  const exited = once(child, "exit");
  const output = Promise.all([streamOf(child.stdout), streamOf(child.stderr)]);
  const stopped = await Promise.race([exited.then(() => false), aborted(run.signal)]);
  const { reason } = run.signal;
  const graceMs = reason instanceof StopReason ? reason.graceMs * graceShare : leftoverGraceMs;
  await tree.end({ graceMs });
  if (stopped) throw reason;
  const [code, killedBy] = (await exited) as [number | null, string | null];
  const [stdout, stderr] = await output;
  return { code, killedBy, stdout, stderr: stderr.toString("utf8") };
}

async function start({ program, args, cwd, env, stdin }: ToolRun): Promise<ChildProcess> {
  try {
    const child = spawn(program, args, {
      ...(cwd !== undefined && { cwd }),
      env,
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    if (child.pid === undefined) await once(child, "spawn");
    child.stdin?.on("error", () => {}).end(stdin);
    return child;
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    throw new TaskError("not_started", `the program ${program} was not started: ${reason}`);
  }
}

function streamOf(stream: ChildProcess["stdout"]): Promise<Buffer> {
  return stream === null ? Promise.resolve(Buffer.alloc(0)) : buffer(stream);
}

function aborted(signal: AbortSignal): Promise<true> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(true);
    else signal.addEventListener("abort", () => resolve(true), { once: true });
  });
}

/** A folder for one run of a tool, gone after it. */
export async function withOwnFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "clx-tool-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
