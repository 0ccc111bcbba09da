import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AgentStage } from "../support/agent/agent-stage.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

describe("an agent that is a program", () => {
  it("does what the instruction says, and tells it as it happens", async () => {
    const stage = await AgentStage.open();
    await stage.startWorker();

    const task = await stage.run({
      instruction: "think about it\nwrite a.txt hello\nuse 100\nsay done",
    });

    expect(task).toMatchObject({ state: "completed", attempt: 1 });
    expect(task.result).toMatchObject({
      text: "done",
      sessionId: expect.any(String),
      executor: "scripted",
      model: "scripted-1",
      folder: stage.folder,
      end: { kind: "finished" },
      usage: { turns: 1, inputTokens: 100, outputTokens: 1 },
    });
    expect(readFileSync(join(stage.folder, "a.txt"), "utf8")).toBe("hello");
    expect(await stage.entries(task.id)).toMatchObject([
      { kind: "started", executor: "scripted", folder: stage.folder },
      { kind: "session", model: "scripted-1" },
      { kind: "thought", turn: 1, text: "about it" },
      { kind: "tool_used", turn: 1, tool: "Write", input: { file: "a.txt", text: "hello" } },
      { kind: "tool_answered", isError: false, text: "wrote a.txt" },
      { kind: "used", usage: { inputTokens: 100 } },
      { kind: "said", text: "done" },
      { kind: "ended", end: { kind: "finished" } },
    ]);
    expect(task.progress).toMatchObject({ data: { turns: 1, inputTokens: 100 } });
  });
});
