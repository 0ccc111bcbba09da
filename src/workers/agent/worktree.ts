import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { AgentWorktree, AgentWorktreePlace } from "../../agent/agent-task.ts";
import { TaskError } from "../../worker/handler.ts";
import { git, gitOrThrow } from "./git.ts";

export interface WorktreeParams {
  readonly wish: AgentWorktree;
  /** A folder within the repository. */
  readonly repository: string;
  readonly home: string;
  readonly taskId: string;
  readonly attempt: number;
}

/**
 * A checkout of the task's own, on a branch of its own.
 *
 * Each attempt gets a fresh one: what an attempt before it left stays where it is, for people to
 * look at, and is not built upon blindly.
 *
 * @throws TaskError
 */
export async function makeWorktree(params: WorktreeParams): Promise<AgentWorktreePlace> {
  const { wish, repository, home, taskId, attempt } = params;
  if (!(await git(repository, ["rev-parse", "--git-dir"])).ok) {
    throw new TaskError(
      "user_error",
      `${repository} is in no git repository, and a worktree was asked for; leave out options.worktree, or name a folder of a repository`,
    );
  }
  await refuseWithoutCommits(repository, wish);
  const again = attempt > 1 ? `-${attempt}` : "";
  const name = `${taskId.replaceAll(/[^\w-]/g, "_")}${again}`;
  const branch = `${wish.branchName ?? `clx/${taskId.replaceAll(/[^\w-]/g, "_")}`}${again}`;
  const place = { repository, folder: join(home, "worktrees", name), branch };
  await mkdir(dirname(place.folder), { recursive: true });
  await addWorktree(place, ["-b", branch, place.folder, wish.baseBranch ?? "HEAD"]);
  return { ...place, base: await gitOrThrow(place.folder, ["rev-parse", "HEAD"]) };
}

async function refuseWithoutCommits(repository: string, wish: AgentWorktree): Promise<void> {
  if (wish.baseBranch !== undefined) return;
  if ((await git(repository, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])).ok) return;
  throw new TaskError(
    "user_error",
    `the branch that ${repository} is on has no commit yet, so no worktree can be made from it; commit something, name another branch (options.worktree.baseBranch), or leave out options.worktree`,
  );
}

/** The folder in a worktree that is to it what the one that was named is to its repository. */
export async function folderInWorktree({
  repository,
  folder,
}: AgentWorktreePlace): Promise<string> {
  const prefix = await gitOrThrow(repository, ["rev-parse", "--show-prefix"]);
  const within = resolve(folder, prefix);
  return existsSync(within) ? within : folder;
}

/** The worktree of a conversation that goes on: as it was left, or made again from its branch. */
export async function reopenWorktree(place: AgentWorktreePlace): Promise<void> {
  if (existsSync(place.folder)) return;
  const { repository, folder, branch, base = "HEAD" } = place;
  await git(repository, ["worktree", "prune"]);
  const exists = await git(repository, ["rev-parse", "--verify", `refs/heads/${branch}`]);
  await mkdir(dirname(folder), { recursive: true });
  await addWorktree(place, exists.ok ? [folder, branch] : ["-b", branch, folder, base]);
}

async function addWorktree(place: AgentWorktreePlace, args: readonly string[]): Promise<void> {
  const { ok, text } = await git(place.repository, ["worktree", "add", ...args]);
  if (ok) return;
  throw new TaskError(
    "user_error",
    `no worktree could be made of ${place.repository} on the branch ${place.branch}: ${text}`,
  );
}

/**
 * What would be lost with a worktree, in words; nothing when it is empty. Files that git ignores do
 * not count, and what is stashed is the repository's.
 */
export async function lossOf({ folder }: AgentWorktreePlace): Promise<string> {
  const status = await git(folder, ["status", "--porcelain"]);
  if (!status.ok) return `its state cannot be told: ${status.text}`;
  if (status.text !== "") return `${status.text.split("\n").length} uncommitted or new files`;
  const own = await git(folder, [
    "rev-list",
    "--count",
    "HEAD",
    "--not",
    "--branches",
    "--remotes",
  ]);
  if (!own.ok) return `its commits cannot be told: ${own.text}`;
  return own.text === "0" ? "" : `${own.text} commits that are on no branch`;
}

export type Cleared =
  /** `branchKept`: it has commits of its own. */
  | { readonly removed: true; readonly branchKept: boolean }
  | { readonly removed: false; readonly because: string };

/**
 * Removes a worktree with which nothing is lost. Commits stay on its branch; a branch without
 * commits of its own goes with it.
 */
export async function clearWorktree(place: AgentWorktreePlace): Promise<Cleared> {
  const loss = await lossOf(place);
  if (loss !== "") return { removed: false, because: loss };
  const { repository, folder, branch } = place;
  // Without --force: git itself refuses when something has changed since we looked.
  const gone = await git(repository, ["worktree", "remove", folder]);
  if (!gone.ok) return { removed: false, because: gone.text };
  await rm(folder, { recursive: true, force: true });
  const branchKept = !(await isElsewhere(repository, branch));
  if (!branchKept) await git(repository, ["branch", "-D", branch]);
  return { removed: true, branchKept };
}

/** Whether all that is on a branch is on another, or on a remote's, too. */
async function isElsewhere(repository: string, branch: string): Promise<boolean> {
  const listed = await gitOrThrow(repository, [
    "for-each-ref",
    "--contains",
    `refs/heads/${branch}`,
    "--format=%(refname)",
    "refs/heads",
    "refs/remotes",
  ]);
  return listed.split("\n").some((ref) => ref !== "" && ref !== `refs/heads/${branch}`);
}
