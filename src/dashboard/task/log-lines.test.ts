import { describe, expect, it } from "vitest";
import type { StoredLogLine } from "../../store/task-store.ts";
import { logLines, marked } from "./log-lines.ts";
import type { LogModel } from "./log-model.ts";

describe("the lines of a log", () => {
  it("tell how many were not kept, where they were, and where a new attempt begins", () => {
    const page = shown({ lines: [line(1), line(2), line(1_005), line(1_006, { attempt: 2 })] });

    expect(page).toContain("1,002 lines were not kept");
    expect(page).toMatch(/log-1005.*Attempt 2.*log-1006/s);
    expect(page).toContain('data-last="1006"');
  });

  it("tell of a gap before the stretch, but not of lines that can be fetched", () => {
    expect(shown({ after: 0, lines: [line(9)] })).toContain("8 lines were not kept");
    expect(shown({ after: 8, lines: [line(9)] })).not.toContain("not kept");
  });

  it("are timed from the beginning of their attempt", () => {
    expect(shown({ startedAt: { 1: 1_000 }, lines: [line(1, { at: 3_500 })] })).toContain("+2.5s");
  });

  it("mark what was looked for, whatever its case, and escape it", () => {
    expect(marked("a <B> c <b>", "<b>").toString()).toBe(
      "a <mark>&lt;B&gt;</mark> c <mark>&lt;b&gt;</mark>",
    );
    expect(marked("İstanbul i", "i").toString()).toBe("İstanbul i");
  });
});

function shown(log: Partial<LogModel>): string {
  const rest = {
    taskId: "t",
    after: 0,
    hasEarlier: false,
    hasLater: false,
    startedAt: {},
    isOpen: false,
    lines: [],
  };
  return logLines({ ...rest, ...log }).toString();
}

function line(cursor: number, over: Partial<StoredLogLine> = {}): StoredLogLine {
  return { cursor, attempt: 1, at: 0, stream: "stdout", line: `line ${cursor}`, ...over };
}
