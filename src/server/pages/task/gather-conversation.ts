import { decodeEntry } from "../../../agent/agent-entry.ts";
import type { ConversationItem, ConversationModel } from "../../../dashboard/agent/agent-model.ts";
import { turnOf } from "../../../dashboard/agent/conversation.ts";
import { entryWords } from "../../../dashboard/agent/entry-words.ts";
import { joinTexts } from "../../../dashboard/agent/join-texts.ts";
import type { StoredLogLine, TaskStore } from "../../../store/task-store.ts";
import { gatherLog, type LogSources } from "./gather-log.ts";
import { isSound } from "./sound-entry.ts";

/** An answer is seldom further from what it answers. */
const lookBack = 200;

/** A stretch of a conversation, and what must be known of what came before it. */
export async function gatherConversation(
  store: TaskStore,
  sources: LogSources,
): Promise<ConversationModel> {
  const { lines, ...log } = await gatherLog(store, { ...sources, having: linesTelling });
  const items = readItems(lines);
  const first = lines[0]?.cursor;
  const before =
    first === undefined || first <= 1
      ? []
      : readItems(
          (await store.logsOf({ taskId: log.taskId, after: 0, before: first, limit: lookBack }))
            .lines,
        );
  const tools = before.flatMap(({ entry }) =>
    entry?.kind === "tool_used" ? [[entry.callId, entry.tool] as const] : [],
  );
  const lastTurn = before.findLast((item) => turnOf(item) !== undefined);
  const isSameAttempt = lastTurn?.attempt === lines[0]?.attempt;
  const turn = lastTurn !== undefined && isSameAttempt ? (turnOf(lastTurn) ?? 0) : 0;
  return { ...log, items, turn, tools: new Map(tools) };
}

/** The lines of the entries that show those words; a long text is several lines, and one entry. */
function linesTelling(lines: readonly StoredLogLine[], wanted: string): readonly StoredLogLine[] {
  const found = joinTexts(readItems(lines)).filter((item) =>
    entryWords(item).toLowerCase().includes(wanted),
  );
  return lines.filter(({ cursor }) => {
    while ((found[0]?.lastCursor ?? Infinity) < cursor) found.shift();
    return (found[0]?.cursor ?? Infinity) <= cursor;
  });
}

export function readItems(lines: readonly StoredLogLine[]): readonly ConversationItem[] {
  return lines.map((line) => {
    const entry = line.stream === "log" ? decodeEntry(line.line) : undefined;
    return entry !== undefined && isSound(entry) ? { ...line, entry } : line;
  });
}
