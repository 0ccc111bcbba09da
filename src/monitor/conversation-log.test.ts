import { expect, it } from "vitest";
import { encodeEntry } from "../agent/agent-entry.ts";
import type { AgentEntry } from "../agent/agent-task.ts";
import type { StoredLogLine } from "../store/task-store.ts";
import { ConversationLog } from "./conversation-log.ts";

const usage = { turns: 1, wallMs: 1, outputBytes: 1 };

it("tells the entries of an agent as lines, at their places, without a gap for what only counts", () => {
  const entries: AgentEntry[] = [
    { kind: "said", turn: 1, text: "one\ntwo" },
    { kind: "used", usage },
    { kind: "said", turn: 1, text: "three" },
  ];
  const raw = entries.flatMap(encodeEntry).map((line, at) => stored(line, at + 1));

  const told = new ConversationLog().tell([...raw, { ...stored("plain", 4), stream: "stdout" }]);

  expect(told.map(({ line }) => line)).toEqual([...["── turn 1", "one", "two", "three", "plain"]]);
  expect(told.map(({ cursor }) => cursor)).toEqual([1, 1, 2, 3, 4]);
});

function stored(line: string, cursor: number): StoredLogLine {
  return { cursor, attempt: 1, at: 0, stream: "log", line };
}
