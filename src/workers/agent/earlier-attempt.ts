import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import type { AgentFault, AgentUsage, AgentWorktreePlace } from "../../agent/agent-task.ts";
import type { JsonValue } from "../../domain/json.ts";
import type { Checkpoint, TaskInHand } from "../../worker/handler.ts";
import { nothingUsed } from "./budget.ts";
import { faultHints } from "./judge-end.ts";
import { lossOf } from "./worktree.ts";

/** What an attempt notes before its agent begins, for the one after it. */
export interface AttemptNote {
  readonly attempt: number;
  readonly attemptLimit: number | undefined;
  readonly startedAt: number;
  readonly folder: string;
  readonly sessionId: string;
  readonly worktree?: AgentWorktreePlace;
  /** By it and those before it, unless it has ended for good: what starts over then starts anew. */
  readonly spent?: AgentUsage;
  /** Absent when its worker died. */
  readonly wasReleased?: boolean;
  readonly cutOff?: CutOff;
}

/** A fault that passes has cut off a conversation, which is whole: the next attempt goes on with it. */
export interface CutOff {
  readonly cause: AgentFault;
  /** Of the whole conversation. */
  readonly costUsd: number;
  /** What it was asked to do is in the conversation for certain. */
  readonly knowsItsTask: boolean;
}

export async function noteAttempt(checkpoint: Checkpoint, note: AttemptNote): Promise<void> {
  await checkpoint.save({ agentAttempt: { ...note } as unknown as JsonValue });
}

export function earlierAttempt({ value }: Checkpoint): AttemptNote | undefined {
  const note = (value as { readonly agentAttempt?: AttemptNote } | undefined)?.agentAttempt;
  return typeof note?.folder === "string" ? note : undefined;
}

const mostFiles = 20;
const mostLooked = 20_000;
/** Among them what is ours: the database changes all the time. */
const passedOver = new Set([".git", ".clx", "node_modules"]);

type Turn = Pick<TaskInHand<unknown>, "attempt" | "attemptLimit">;

/**
 * What has to be known to go on with the conversation of the attempt just before this one. Not after
 * somebody has asked for a retry: others may have gone on with it meanwhile.
 */
export function cutOffBefore(note: AttemptNote, turn: Turn): CutOff | undefined {
  return note.attempt === turn.attempt - 1 && isSameTry(note, turn) ? note.cutOff : undefined;
}

/** By attempts before this one, those apart that somebody's retry has made good. */
export function spentBefore(note: AttemptNote, turn: Turn): AgentUsage {
  return (isSameTry(note, turn) ? note.spent : undefined) ?? nothingUsed;
}

/**
 * Whether nobody has asked for a retry since. That moves the last attempt on by as many as a task
 * has; each attempt that is given back, by one.
 */
function isSameTry(note: AttemptNote, { attempt, attemptLimit = 0 }: Turn): boolean {
  const { attemptLimit: limitBefore = 0, wasReleased } = note;
  const moved = attemptLimit - limitBefore;
  const attempts = attempt - note.attempt;
  const mayBeReleased = wasReleased ?? note.attempt < limitBefore;
  return moved < attempts || (moved === attempts && mayBeReleased);
}

export function describeCutOff({ attempt }: AttemptNote, { cause }: CutOff): string {
  return `attempt ${attempt} was cut off: ${faultHints[cause]}; its conversation goes on`;
}

/**
 * What an earlier attempt left behind, for the log and for the agent: an attempt that was cut off
 * may have done half of its work.
 */
export async function describeLeft(note: AttemptNote): Promise<string> {
  const { attempt, folder, worktree } = note;
  const ended = `attempt ${attempt} did not complete the task`;
  if (worktree !== undefined) return `${ended}; ${await describeWorktree(worktree)}`;
  const files = await filesSince(folder, note.startedAt);
  if (files.length === 0) return `${ended}; no file in ${folder} has changed since it began`;
  const shown = files.slice(0, mostFiles).join(", ");
  const more = files.length > mostFiles ? ` and ${files.length - mostFiles} more` : "";
  return `${ended}; files in ${folder} that have changed since it began: ${shown}${more}`;
}

async function describeWorktree(place: AgentWorktreePlace): Promise<string> {
  const { folder, branch } = place;
  const fresh = "This attempt works in a fresh one";
  if (!existsSync(folder)) {
    return `its worktree was removed, and what it committed is on the branch ${branch}. ${fresh}`;
  }
  const loss = await lossOf(place);
  const what = loss === "" ? "nothing uncommitted" : loss;
  return `its worktree ${folder} (branch ${branch}) is kept as it was: ${what}. ${fresh}`;
}

/** Relative paths of the files that are newer than that, as far as one can look in a short time. */
async function filesSince(folder: string, since: number): Promise<readonly string[]> {
  const found: string[] = [];
  const open = [folder];
  let looked = 0;
  for (let at = open.pop(); at !== undefined && looked < mostLooked; at = open.pop()) {
    for (const entry of await readdir(at, { withFileTypes: true }).catch(() => [])) {
      looked++;
      const path = join(at, entry.name);
      if (entry.isDirectory()) {
        if (!passedOver.has(entry.name)) open.push(path);
      } else if (await isNewer(path, since)) {
        found.push(relative(folder, path));
      }
    }
  }
  return found.toSorted();
}

async function isNewer(path: string, since: number): Promise<boolean> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs >= since,
    () => false,
  );
}
