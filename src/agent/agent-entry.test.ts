import { describe, expect, it } from "vitest";
import type { JsonValue } from "../domain/json.ts";
import { decodeEntry, encodeEntry, entryLimit } from "./agent-entry.ts";
import type { AgentEntry } from "./agent-task.ts";

const decoded = (entry: AgentEntry) => encodeEntry(entry).map((line) => decodeEntry(line));

describe("an entry of a conversation", () => {
  it("is one line of the log, and reads as it was written", () => {
    const entry: AgentEntry = { kind: "said", turn: 1, text: 'two\nlines, "quoted" ✓' };

    expect(encodeEntry(entry)).toHaveLength(1);
    expect(encodeEntry(entry)[0]).not.toContain("\n");
    expect(decoded(entry)).toEqual([entry]);
  });

  it.each([
    ["plain text", "abc ".repeat(5_000)],
    ["text whose JSON is longer", '"\n'.repeat(5_000)],
    ["letters of two halves", "😀".repeat(5_000)],
  ])("becomes several when it is long, and nothing is lost: %s", (_, text) => {
    const lines = encodeEntry({ kind: "said", turn: 2, text });

    expect(lines.every((line) => line.length <= entryLimit)).toBe(true);
    const read = lines.flatMap((line) => decodeEntry(line) ?? []);
    expect(read.map((entry) => (entry.kind === "said" ? entry.text : "")).join("")).toBe(text);
    expect(read.every((entry) => entry.kind === "said" && entry.text.isWellFormed())).toBe(true);
  });

  it("says how much of an endless text is left out", () => {
    const read = decoded({ kind: "thought", turn: 1, text: "x".repeat(100_000) });

    expect(read.at(-1)).toEqual({
      kind: "note",
      text: "the text went on for 40000 characters more",
    });
  });

  it.each<[string, JsonValue]>([
    ["a file", { file_path: "/a", content: "x".repeat(50_000) }],
    ["many texts", Array.from({ length: 60 }, () => "y".repeat(500))],
    ["more numbers than fit", Array.from({ length: 5_000 }, (_, n) => n)],
  ])("keeps the beginning of a tool's long input: %s", (_, input) => {
    const lines = encodeEntry({ kind: "tool_used", turn: 1, callId: "c", tool: "Write", input });

    expect(lines).toHaveLength(1);
    expect(lines[0]?.length).toBeLessThanOrEqual(entryLimit);
    expect(decodeEntry(lines[0] ?? "")).toMatchObject({ kind: "tool_used", tool: "Write" });
  });

  it.each(["hello", "{}", '{"kind":"odd"}', '{"kind":"said"', '{"kind":1}', ""])(
    "is not what some program wrote: %s",
    (line) => {
      expect(decodeEntry(line)).toBeUndefined();
    },
  );
});
