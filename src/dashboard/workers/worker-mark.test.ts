import { describe, expect, it } from "vitest";
import type { Worker } from "../../domain/worker.ts";
import type { WorkerState } from "../../domain/worker-state.ts";
import type { SeenWorker } from "../../overview/overview.ts";
import { workerMark } from "./worker-mark.ts";

function marked(
  state: WorkerState,
  condition: SeenWorker["condition"],
  { isFragment = false, isAborting = false } = {},
): string {
  const worker = { state } as Worker;
  const shown = workerMark({ worker, condition, isAborting }, { isFragment }).toString();
  return shown
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

describe("the mark of a worker", () => {
  it.each([
    ["created", "well", "◌ created"],
    ["busy", "well", "▶ busy"],
    ["busy", "stalled", "▶ busy ⚠ stalled"],
    ["idle", "silent", "○ idle ⚠ silent"],
    ["idle", "lost", "○ idle ✗ lost"],
    ["busy", "hung", "▶ busy ⚠ hung"],
    ["hung", "hung", "⚠ hung"],
    ["draining", "well", "▽ draining"],
  ] as const)("tells %s and %s by shape and word: %s", (state, condition, words) => {
    expect(marked(state, condition)).toBe(words);
  });

  it("says that a worker is being ended until that is verified", () => {
    expect(marked("busy", "well", { isAborting: true })).toBe("▽ stopping");
  });

  it.each([
    ["created", "◌ STARTING"],
    ["busy", "▶ RUNNING"],
    ["hung", "⚠ RUNNING ⚠ stalled"],
    ["dead", "■ DEAD"],
  ] as const)("speaks spec 5's words in the fragment of spec 5: %s is %s", (state, words) => {
    expect(marked(state, state === "hung" ? "hung" : "well", { isFragment: true })).toBe(words);
  });
});
