import { expect, it } from "vitest";
import type { AgentEntry } from "../../agent/agent-task.ts";
import type { ConversationItem, ConversationModel } from "./agent-model.ts";
import { conversationRows } from "./conversation.ts";

const said = (turn: number, text: string): AgentEntry => ({ kind: "said", turn, text });

it("tells turns, a new attempt, and what was not kept, where they are", () => {
  const items = [
    item(1, said(1, "first")),
    item(5, said(2, "second")),
    item(6, said(1, "anew"), { attempt: 2 }),
  ];

  expect(wordsOf(items)).toEqual([
    ...["Turn 1", "first", "3 entries were not kept", "Turn 2", "second"],
    ...["Attempt 2", "Turn 1", "anew"],
  ]);
});

it("goes on in the turn, and knows the tools, of the stretch before", () => {
  const answer: AgentEntry = { kind: "tool_answered", callId: "c", isError: false, text: "yes" };
  const model = { after: 6, turn: 3, tools: new Map([["c", "Bash"]]) };

  const words = wordsOf([item(7, said(3, "more")), item(8, answer)], model);

  expect(words).toEqual(["more", "Answer of Bash 1 line, 3 B yes yes"]);
});

it("shows no row for what only counts, and knows that it was there", () => {
  const used: AgentEntry = { kind: "used", usage: { turns: 1, wallMs: 1, outputBytes: 1 } };

  const rows = String(conversationRows(modelOf([item(1, said(1, "a")), item(2, used)])));

  expect(rows).toContain('data-last="2"');
  expect(rows).not.toContain("log-2");
});

it("joins the pieces of a long text, and those alone", () => {
  const long = "x".repeat(2_000);
  const [first, second, third] = [1, 2, 3].map((cursor) =>
    item(cursor, said(1, `${cursor}${long}`), { line: long }),
  );
  const other = item(4, said(1, "short"));

  const rows = String(
    conversationRows(modelOf([first, second, third, other].filter((one) => one !== undefined))),
  );

  expect(rows.match(/<li id="log-/g)).toHaveLength(2);
  expect(rows).toContain(`1${long}2${long}3${long}`);
  expect(rows).toContain('data-last="4"');
});

function item(
  cursor: number,
  entry: AgentEntry,
  more: Partial<ConversationItem> = {},
): ConversationItem {
  return { cursor, attempt: 1, at: 0, stream: "log", line: "", entry, ...more };
}

function modelOf(
  items: readonly ConversationItem[],
  more: Partial<ConversationModel> = {},
): ConversationModel {
  return {
    ...{ taskId: "t", items, after: 0, turn: 0, tools: new Map() },
    ...{ hasEarlier: false, hasLater: false, startedAt: {}, isOpen: true, ...more },
  };
}

/** What each row says, without what is for screen readers alone. */
function wordsOf(
  items: readonly ConversationItem[],
  more: Partial<ConversationModel> = {},
): readonly string[] {
  const rows = String(conversationRows(modelOf(items, more)));
  return rows
    .split("<li ")
    .slice(1)
    .map((row) =>
      row
        .replace(/^[^>]*>/, "")
        .replaceAll(/<span class="unseen">[^<]*<\/span>/g, "")
        .replaceAll(/<[^>]*>/g, " ")
        .replaceAll(/\s+/g, " ")
        .trim(),
    );
}
