import type { JsonValue } from "../../domain/json.ts";
import { readMachine } from "../../machine/memory.ts";
import { defineWorker, type TaskContext, type TaskInHand } from "../../worker/handler.ts";
import { type CommandPayload, commandSchema } from "./command-payload.ts";
import { followProgram } from "./follow-program.ts";
import { judgeEnding } from "./program-ending.ts";
import { startProgram } from "./start-program.ts";

/**
 * The worker type `command`: runs any program for a task.
 *
 * Theory of operation
 *
 * What the program gets. Its own session and process group, no shell in between; the worker's
 * environment (unless `inheritEnv` is false) with `env` on top; `stdin`, or an empty one; and
 *
 *     CLX_TASK_ID         the task
 *     CLX_ATTEMPT         1 for the first; grows with every attempt
 *     CLX_CHECKPOINT_DIR  a folder of the task's own, kept from attempt to attempt until it completes
 *     CLX_PROGRESS_FD     3
 *     CLX_TASK_MARK       task and attempt; how its children are known, so leave it in their environment
 *
 * What it says. Each line of stdout and stderr becomes a line of the task's log. On file
 * descriptor 3 it may write JSON, one object per line:
 *
 *     {"progress": 0.4, "message": "step 400 of 1000", "data": {"energy": 1.2}}
 *     {"result": {"answer": 42}}
 *
 * each field of the first being optional. The last `result` is the task's; without one it is
 * `{"exitCode": 0}`. Lines that are not understood are noted in the log and do no harm. The
 * descriptor is a socket, so write to it (`>&3`, `os.fdopen(3, "w")`); it cannot be opened by name.
 *
 * How it ends. Exit code 0 completes the task. Any other is `exit_code`; a signal that we did
 * not send is `signal`; a kill by the kernel for want of memory, or a runtime that gave up for
 * it, is `out_of_memory`; a program that could not be started is `not_started`. Children that it
 * leaves running are ended with the attempt, so the end of the attempt is the end of them all.
 *
 * How it is stopped. When `ctx.signal` is aborted (cancel, deadline, shutdown, …) the whole
 * tree gets SIGTERM and, after the grace, SIGKILL: those that changed their session or were
 * re-parented too. What the program answers then no longer counts; the reason does.
 *
 * When output comes faster than the log takes it, the program waits at its own writes: nothing
 * piles up here. Endless lines are cut, and bytes that are no UTF-8 become replacement signs.
 */
export default defineWorker({
  type: "command",
  schema: commandSchema,
  handle: runCommand,
});

async function runCommand(task: TaskInHand<CommandPayload>, ctx: TaskContext): Promise<JsonValue> {
  const checkpointFolder = await ctx.checkpoint.folder();
  ctx.signal.throwIfAborted();
  const oomKillsBefore = readMachine().oomKills;
  const program = await startProgram(task, checkpointFolder);
  return judgeEnding(await followProgram({ program, task, ctx, oomKillsBefore }));
}
