import type { AgentEntry } from "../../agent/agent-task.ts";
import { endWords } from "../../agent/agent-words.ts";
import type { ConversationItem } from "./agent-model.ts";
import { shownText } from "./shown-text.ts";
import { inputWords } from "./tool-input.ts";

/** What a row of a conversation shows, as the text in which words are found. */
export function entryWords({ entry, line }: Pick<ConversationItem, "entry" | "line">): string {
  return entry === undefined ? shownText(line) : wordsOf(entry);
}

function wordsOf(entry: AgentEntry): string {
  switch (entry.kind) {
    case "said":
    case "thought":
      return withoutMarks(shownText(entry.text));
    case "tool_used":
      return `${shownText(entry.tool)}\n${inputWords(entry.input)}`;
    case "tool_answered":
    case "note":
      return shownText(entry.text);
    case "started":
      return shownText(
        [entry.executor, entry.model, entry.folder, entry.worktree?.branch].join("\n"),
      );
    case "ended":
      return shownText(endWords(entry.end));
    case "session":
    case "used":
      return "";
  }
}

/** With and without what marks code and strong words: it is not shown, but may be known. */
function withoutMarks(text: string): string {
  return `${text}\n${text.replaceAll(/`|\*\*/g, "")}`;
}
