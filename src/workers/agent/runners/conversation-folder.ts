import { mkdir, readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { AgentWork } from "../runner.ts";

const dayMs = 86_400_000;
const keptDays = 30;

/**
 * The folder of one conversation: each has settings, history and locks of its own. Made, or marked
 * as used today; conversations that nobody has gone on with for long enough are forgotten.
 */
export async function conversationFolder(work: AgentWork): Promise<string> {
  const { home, sessionId, agent } = work;
  const all = join(home, "conversations");
  const folder = join(all, sessionId.replaceAll(/[^\w-]/g, "_"));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const now = new Date();
  await utimes(folder, now, now);
  const keepMs = agent.keepConversationsMs ?? keptDays * dayMs;
  if (keepMs > 0) await forgetOld(all, now.getTime() - keepMs);
  return folder;
}

async function forgetOld(all: string, before: number): Promise<void> {
  for (const name of await readdir(all)) {
    const folder = join(all, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: before }));
    if (mtimeMs < before) await rm(folder, { recursive: true, force: true });
  }
}
