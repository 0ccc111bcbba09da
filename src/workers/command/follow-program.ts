import { once } from "node:events";
import { readMachine } from "../../machine/memory.ts";
import { identify, ownIdentity } from "../../machine/process-identity.ts";
import { followTree, type ProcessTree } from "../../machine/process-tree.ts";
import { StopReason, type TaskContext, type TaskInHand } from "../../worker/handler.ts";
import type { CommandPayload } from "./command-payload.ts";
import { LineSplitter } from "./line-splitter.ts";
import { PipeReader } from "./pipe-reader.ts";
import type { ProgramEnding } from "./program-ending.ts";
import { messageLimit, ProgressChannel } from "./progress-channel.ts";
import type { StartedProgram } from "./start-program.ts";

const lineLimit = 4_096;
/** Children that leave the tree early are seen early, before they are gone from sight. */
const firstSampleMs = 25;
const samplePeriodMs = 1_000;
/** How long a pipe that nobody of the program's can hold any more may be silent before it is let go. */
const quietMs = { ended: 1_000, stopped: 200 };
/** For children that the program left behind when it ended. */
const leftoverGraceMs = 2_000;
/** What is left of a stop's grace is for the verifying, before the worker itself is ended. */
const graceShare = 0.8;
const outOfMemoryWords = /heap out of memory|std::bad_alloc|memory allocation of \d+ bytes failed/;

interface FollowParams {
  readonly program: StartedProgram;
  readonly task: TaskInHand<CommandPayload>;
  readonly ctx: TaskContext;
  /** How often the kernel had killed for memory before it was started. */
  readonly oomKillsBefore: number;
}

/**
 * Follows a program to its end, and leaves nothing of it running.
 *
 * @throws the reason of `ctx.signal` when that was aborted first
 */
export async function followProgram(params: FollowParams): Promise<ProgramEnding> {
  const { program, task, ctx } = params;
  const exited = exitOf(program);
  const tree = followTree({ root: identityOf(program.pid), mark: program.mark });
  const memory = watchMemory(tree);
  const output = readOutput(program, ctx);
  try {
    const exit = await Promise.race([exited, abortOf(ctx.signal)]);
    if (exit === "aborted") {
      await stop({ tree, exited, ctx, killGraceMs: task.payload.killGraceMs });
      await output.drain(quietMs.stopped);
      throw ctx.signal.reason;
    }
    await endLeftovers(tree, ctx);
    await output.drain(quietMs.ended);
    return {
      program: task.payload.argv[0],
      ...exit,
      ...output.evidence(),
      kernelKilled: exit.code !== 0 && readMachine().oomKills > params.oomKillsBefore,
      peakMemory: memory.peak(),
    };
  } finally {
    memory.close();
  }
}

interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** "exit", not "close": a child of the program may hold its pipes open for ever. */
async function exitOf({ process }: StartedProgram): Promise<Exit> {
  const [code, signal] = await once(process, "exit");
  return { code, signal };
}

function abortOf(signal: AbortSignal): Promise<"aborted"> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("aborted");
    else signal.addEventListener("abort", () => resolve("aborted"), { once: true });
  });
}

/** A program that has ended already leaves its number, which is still its session's. */
function identityOf(pid: number) {
  return identify(pid) ?? { ...ownIdentity(), pid, startedAt: "ended" };
}

function watchMemory(tree: ProcessTree) {
  let peak = 0;
  let timer: NodeJS.Timeout;
  const look = (nextMs: number) => {
    peak = Math.max(peak, tree.sample().memory);
    timer = setTimeout(look, nextMs, Math.min(nextMs * 2, samplePeriodMs));
  };
  timer = setTimeout(look, firstSampleMs, 2 * firstSampleMs);
  return { peak: () => peak, close: () => clearTimeout(timer) };
}

interface StopParams {
  readonly tree: ProcessTree;
  readonly exited: Promise<Exit>;
  readonly ctx: TaskContext;
  readonly killGraceMs: number | undefined;
}

async function stop({ tree, exited, ctx, killGraceMs = Infinity }: StopParams): Promise<void> {
  const reason: unknown = ctx.signal.reason;
  const allowedMs = reason instanceof StopReason ? reason.graceMs * graceShare : 0;
  const { left } = await tree.end({ graceMs: Math.min(killGraceMs, allowedMs) });
  if (left.length === 0) await exited;
  else ctx.log(`warning: could not end processes ${left.join(", ")} of the program`, "log");
}

async function endLeftovers(tree: ProcessTree, ctx: TaskContext): Promise<void> {
  const { ended, left } = await tree.end({ graceMs: leftoverGraceMs });
  if (ended > 0) ctx.log(`processes that the program had left running were ended: ${ended}`, "log");
  if (left.length > 0) {
    ctx.log(`warning: could not end processes ${left.join(", ")} of the program`, "log");
  }
}

function readOutput(program: StartedProgram, ctx: TaskContext) {
  const channel = new ProgressChannel(ctx);
  let saidOutOfMemory = false;
  const ready = () => roomInLog(ctx);
  const readLog = (stream: "stdout" | "stderr") =>
    new PipeReader({
      pipe: program[stream],
      splitter: new LineSplitter(lineLimit),
      ready,
      take({ text, cut }) {
        const line = cut === 0 ? text : `${text}… (${cut} more characters)`;
        saidOutOfMemory ||= stream === "stderr" && outOfMemoryWords.test(line);
        ctx.log(line, stream);
      },
    });
  const readers = [
    readLog("stdout"),
    readLog("stderr"),
    new PipeReader({
      pipe: program.progress,
      splitter: new LineSplitter(messageLimit),
      ready,
      take: (line) => channel.take(line),
    }),
  ];
  return {
    drain: (quiet: number) => Promise.all(readers.map((reader) => reader.drain(quiet))),
    evidence: () => ({
      ...(channel.result === undefined ? {} : { result: channel.result }),
      lostResult: channel.lostResult,
      saidOutOfMemory,
    }),
  };
}

/** A log that is behind slows the program, but does not keep it from being stopped. */
function roomInLog(ctx: TaskContext): Promise<void> {
  return new Promise((resolve) => {
    const { signal } = ctx;
    if (signal.aborted) {
      resolve();
      return;
    }
    const go = () => {
      signal.removeEventListener("abort", go);
      resolve();
    };
    signal.addEventListener("abort", go, { once: true });
    ctx.logReady().then(go, go);
  });
}
