import { statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AgentSettings } from "../../agent/agent-settings.ts";
import type { AgentPayload, AgentWorktreePlace } from "../../agent/agent-task.ts";
import { type TaskContext, TaskError, type TaskInHand } from "../../worker/handler.ts";
import type { AttemptNote } from "./earlier-attempt.ts";
import { folderInWorktree, makeWorktree, reopenWorktree } from "./worktree.ts";

/** Where an agent works. */
export interface Place {
  readonly agentHome: string;
  readonly folder: string;
  readonly worktree?: AgentWorktreePlace;
  /** Made for this task; it goes with it when nothing is in it. */
  readonly isOwn: boolean;
}

interface Seeking {
  readonly task: TaskInHand<AgentPayload>;
  readonly ctx: TaskContext;
  readonly agent: { readonly name: string; readonly settings: AgentSettings };
}

type WhereItWas = Pick<AttemptNote, "folder" | "worktree">;

/** @param earlier of the attempt whose conversation goes on */
export async function findPlace(
  { task, ctx, agent }: Seeking,
  earlier: WhereItWas | undefined,
): Promise<Place> {
  const { payload, id: taskId, attempt } = task;
  const { resume, context, options } = payload;
  const agentHome = join(agent.settings.home ?? (await homeBeside(ctx)), agent.name);
  await mkdir(agentHome, { recursive: true, mode: 0o700 });
  const before = earlier ?? resume;
  if (before?.worktree !== undefined) {
    await reopenWorktree(before.worktree);
    return { agentHome, folder: before.folder, worktree: before.worktree, isOwn: false };
  }
  const named = context?.workingDirectory ?? resume?.folder;
  const folder = named ?? join(agentHome, "folders", encodeURIComponent(taskId));
  if (named === undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
  else refuseMissingFolder(named);
  if (options?.worktree === undefined) return { agentHome, folder, isOwn: named === undefined };
  const wish = options.worktree;
  const made = await makeWorktree({ wish, repository: folder, home: agentHome, taskId, attempt });
  return { agentHome, folder: await folderInWorktree(made), worktree: made, isOwn: false };
}

/** Among the checkpoints, which workers in containers have too. No task's folder has a dot in its name. */
async function homeBeside(ctx: TaskContext): Promise<string> {
  return join(dirname(await ctx.checkpoint.folder()), ".agents");
}

function refuseMissingFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  const flaw = found === undefined ? "is not there; create it" : "is no folder; name its folder";
  throw new TaskError(
    "user_error",
    `the working directory ${folder} ${flaw} or name another (context.workingDirectory)`,
  );
}
