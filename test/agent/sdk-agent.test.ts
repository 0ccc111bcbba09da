import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AgentPayload } from "../../src/agent/agent-task.ts";
import type { Answer, Script } from "../support/agent/fake-model.ts";
import { hasSdk, openSdkStage } from "../support/agent/sdk-stage.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

const ask = (instruction: string, options: AgentPayload["options"] = {}) => ({
  instruction,
  options: { executor: "claude", ...options },
});

describe.skipIf(!hasSdk)("Claude, through its SDK", () => {
  it("writes a file with its tool, and tells every step", async () => {
    const { stage, model } = await openSdkStage(() => undefined);
    const file = join(stage.folder, "a.txt");
    model.follow((_, nth) =>
      nth === 1
        ? { use: "Write", input: { file_path: file, content: "hello" }, say: "I shall write." }
        : { say: "It is written.", think: "that was easy" },
    );
    await stage.startWorker();

    const task = await stage.run(ask("write a.txt"));

    expect(task).toMatchObject({ state: "completed", attempt: 1 });
    expect(readFileSync(file, "utf8")).toBe("hello");
    expect(task.result).toMatchObject({
      text: "It is written.",
      executor: "claude",
      model: "claude-sonnet-5",
      sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      folder: stage.folder,
      end: { kind: "finished" },
      usage: { turns: 2, inputTokens: 200, outputTokens: 20, costUsd: expect.any(Number) },
    });
    expect((await stage.entries(task.id)).filter(({ kind }) => kind !== "used")).toMatchObject([
      { kind: "started", executor: "claude", folder: stage.folder },
      { kind: "session", model: "claude-sonnet-5" },
      { kind: "said", turn: 1, text: "I shall write." },
      { kind: "tool_used", turn: 1, tool: "Write", input: { file_path: file, content: "hello" } },
      { kind: "tool_answered", isError: false },
      { kind: "thought", turn: 2, text: "that was easy" },
      { kind: "said", turn: 2, text: "It is written." },
      { kind: "ended", end: { kind: "finished" }, usage: { turns: 2 } },
    ]);
    expect(model.strays).toEqual([]);
  });

  it.each<[string, Script, string, string, number]>([
    ["401", () => ({ status: 401 }), "user_error", "not_logged_in", 1],
    ["403", () => ({ status: 403 }), "user_error", "refused", 1],
    ["400", () => ({ status: 400 }), "user_error", "bad_request", 1],
    ["a refusal", () => ({ refuse: true }), "user_error", "refused", 1],
    ["429", () => ({ status: 429 }), "unavailable", "rate_limited", 2],
    ["500", () => ({ status: 500 }), "unavailable", "overloaded", 2],
    ["529", () => ({ status: 529 }), "unavailable", "overloaded", 2],
    ["streams that are cut", () => ({ cut: "half of it" }), "unavailable", "network", 2],
  ])("fails a task for %s with that cause, and tries again what may pass", async (...row) => {
    const [, script, kind, cause, attempts] = row;
    const { stage } = await openSdkStage(script, { env: { CLAUDE_CODE_MAX_RETRIES: "0" } });
    await stage.startWorker();

    const task = await stage.run(ask("go"), {
      retry: { maxAttempts: 2, on: "infrastructure", backoffMs: 1, maxBackoffMs: 1 },
    });

    expect(task).toMatchObject({ state: "failed", attempt: attempts, failure: { kind } });
    expect(task.result).toMatchObject({ end: { kind: "failed", cause } });
  });

  it("is heard again once an overload has passed", async () => {
    const { stage } = await openSdkStage(
      (_, nth) => (nth === 1 ? { status: 529 } : { say: "ok" }),
      {
        env: { CLAUDE_CODE_MAX_RETRIES: "0" },
      },
    );
    await stage.startWorker();

    const task = await stage.run(ask("go"));

    expect(task).toMatchObject({ state: "completed", attempt: 2, result: { text: "ok" } });
  });

  it.each<[string, Answer]>([
    ["an overload", { status: 529 }],
    ["a limit", { status: 429 }],
  ])("goes on with its conversation after %s", async (_, fault) => {
    const { stage, model } = await openSdkStage(() => undefined, {
      env: { CLAUDE_CODE_MAX_RETRIES: "0" },
    });
    const write = (name: string): Answer => ({
      use: "Write",
      input: { file_path: join(stage.folder, name), content: "x" },
      say: `I write ${name}.`,
    });
    const answers = [write("a.txt"), fault, write("b.txt"), fault, { say: "both are there" }];
    model.follow((_, nth) => answers[nth - 1]);
    await stage.startWorker();

    const task = await stage.run(ask("write two files"));

    expect(task).toMatchObject({
      state: "completed",
      attempt: 3,
      result: { text: "both are there", usage: { costUsd: 0.0009 } },
    });
    const told = await stage.entries(task.id);
    const sessions = told.flatMap((entry) => (entry.kind === "session" ? [entry.sessionId] : []));
    expect(new Set(sessions).size).toBe(1);
    const heard = JSON.stringify(model.asked.at(-1)?.body.messages);
    expect(heard).toContain("I write a.txt.");
    expect(heard).toContain("I write b.txt.");
    expect(heard.match(/Go on where you stopped/g)).toHaveLength(2);
    expect(heard.match(/write two files/g)).toHaveLength(1);
    expect(told.filter(({ kind }) => kind === "note")).toMatchObject([
      { text: expect.stringContaining("attempt 1 was cut off") },
      { text: expect.stringContaining("its conversation goes on") },
    ]);
  });

  it("begins another conversation where the one that was cut off is gone", async () => {
    const { stage, model } = await openSdkStage(() => undefined, {
      env: { CLAUDE_CODE_MAX_RETRIES: "0" },
    });
    const conversations = join(stage.stage.folder, "checkpoints/.agents/claude/conversations");
    model.follow((_, nth) => {
      if (nth === 1) return { status: 529 };
      return { say: "ok" };
    });
    await stage.startWorker();
    const id = await stage.submit(ask("go"), {
      retry: { maxAttempts: 3, on: "infrastructure", backoffMs: 5_000, maxBackoffMs: 5_000 },
    });
    await stage.stage.untilTask(id, ({ state, attempt }) => state === "pending" && attempt === 1);
    rmSync(conversations, { recursive: true });

    const task = await stage.stage.untilEnded(id);

    expect(task).toMatchObject({ state: "completed", attempt: 2, result: { text: "ok" } });
    const notes = (await stage.entries(id)).filter(({ kind }) => kind === "note");
    expect(notes.at(-1)).toMatchObject({ text: expect.stringContaining("a new one begins") });
  });
});
