import { lstatSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { FileHashes } from "../plan/file-hashes.ts";
import { hashOf } from "../plan/file-hashes.ts";
import type { Copy } from "../plan/plan.ts";
import type { BuildRecord, MadeCopy } from "./build-record.ts";
import { copyInPlace } from "./copy-file.ts";
import { isWell } from "./find-stale.ts";
import { leadsAway } from "./leads-away.ts";

export interface CopiesParams {
  readonly copies: readonly Copy[];
  readonly record: BuildRecord;
  readonly hashes: FileHashes;
  /** What workers write: no link in there is followed. */
  readonly written: readonly string[];
  readonly signal: AbortSignal;
  readonly onFailed: (copy: Copy, why: Why) => void;
}

export interface Why {
  readonly message: string;
  /** It is where copies go that is wrong: others will fail for the same. */
  readonly isOfPlace: boolean;
}

/** Enough to keep a disk busy. */
const atOnce = 8;

/** Makes copies, several at once; answers with how many were made. What fails stops no other. */
export async function makeCopies(params: CopiesParams): Promise<number> {
  const left = params.copies.values();
  const lanes = Array.from({ length: atOnce }, async () => {
    let made = 0;
    for (const copy of left) {
      if (params.signal.aborted) break;
      if (await makeCopy(copy, params)) made += 1;
    }
    return made;
  });
  const counts = await Promise.all(lanes);
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Whether anything had to be written. */
async function makeCopy(copy: Copy, params: CopiesParams): Promise<boolean> {
  const { record, hashes, written, onFailed } = params;
  const { from, to } = copy;
  try {
    if (await isWell(copy, { record, hashes })) return false;
    for (const path of [from, dirname(to)]) {
      if (leadsAway(path, written)) throw new Error(`a link leads away from ${path}`);
    }
    const hash = await hashes.of(from);
    const made: MadeCopy = { from, to, hash };
    const isThere = await hasContent(to, from, hash);
    if (!isThere) await copyInPlace(from, to);
    record.noteCopies([made]);
    return !isThere;
  } catch (error) {
    onFailed(copy, whyFailed(error, copy));
    return false;
  }
}

/** Without the file itself, and the draft that it was to be: neither helps. */
function whyFailed(error: unknown, { from, to }: Copy): Why {
  const {
    message,
    code = "",
    path,
    dest,
  } = error as NodeJS.ErrnoException & {
    readonly dest?: string;
  };
  if (code === "") return { message, isOfPlace: false };
  const said = message.replace(/, \w+(?: '.*)?$/s, "");
  const isMissing = code === "ENOENT" && path === from;
  if (isMissing && isLink(from)) return { message: "the link leads nowhere", isOfPlace: false };
  if (path === from && dest === undefined) return { message: said, isOfPlace: false };
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  const place = dest === undefined ? (path ?? to) : dirname(dest);
  return { message: isFull ? said : `${said}: ${place}`, isOfPlace: true };
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** After a lost record, or when another course has put it there: it is left alone. */
async function hasContent(to: string, from: string, hash: string): Promise<boolean> {
  const size = sizeOf(to);
  return size !== undefined && size === sizeOf(from) && (await hashOf(to)) === hash;
}

function sizeOf(path: string): number | undefined {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts?.isFile() ? facts.size : undefined;
}
