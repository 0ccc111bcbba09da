import type { ConversationItem } from "./agent-model.ts";

/** An item, with the last of those that it was joined from. */
export interface JoinedItem extends ConversationItem {
  readonly lastCursor: number;
}

/** A long text is cut into pieces that are each longer than this. */
const shortestPiece = 1_500;

/** The pieces of one long text become one again. */
export function joinTexts(items: readonly ConversationItem[]): readonly JoinedItem[] {
  const joined: JoinedItem[] = [];
  for (const item of items) {
    const before = joined.at(-1);
    const text = before && textOfBoth(before, item);
    if (before === undefined || text === undefined)
      joined.push({ ...item, lastCursor: item.cursor });
    else joined[joined.length - 1] = { ...before, ...text, lastCursor: item.cursor };
  }
  return joined;
}

function textOfBoth(
  before: JoinedItem,
  item: ConversationItem,
): Pick<ConversationItem, "entry" | "line"> | undefined {
  const [first, second] = [before.entry, item.entry];
  if (before.line.length < shortestPiece || item.line.length < shortestPiece) return undefined;
  if (before.attempt !== item.attempt || before.lastCursor + 1 !== item.cursor) return undefined;
  if (first?.kind !== "said" && first?.kind !== "thought") return undefined;
  if (second?.kind !== first.kind || second.turn !== first.turn) return undefined;
  return { entry: { ...first, text: first.text + second.text }, line: item.line };
}
