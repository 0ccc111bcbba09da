import { AgentLines } from "../cli/present/agent-lines.ts";
import type { StoredLogLine } from "../store/task-store.ts";

/**
 * The log of an agent's task, told in words: an entry becomes the lines that a terminal shows, all
 * at its place in the log. What only counts belongs to the line before it.
 */
export class ConversationLog {
  readonly #lines = new AgentLines();

  tell(raw: readonly StoredLogLine[]): readonly StoredLogLine[] {
    const told: StoredLogLine[] = [];
    for (const line of raw) {
      const words = line.stream === "log" ? this.#lines.of(line.line) : undefined;
      const before = told.at(-1);
      if (words === undefined) told.push(line);
      else if (words.length > 0) told.push(...words.map(({ text }) => ({ ...line, line: text })));
      else if (before !== undefined) told[told.length - 1] = { ...before, cursor: line.cursor };
    }
    return told;
  }
}
