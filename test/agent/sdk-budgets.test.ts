import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AgentPayload, AgentResult } from "../../src/agent/agent-task.ts";
import { continuationOf } from "../../src/agent/continue-task.ts";
import type { Script } from "../support/agent/fake-model.ts";
import { hasSdk, openSdkStage } from "../support/agent/sdk-stage.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

const ask = (instruction: string, options: AgentPayload["options"] = {}) => ({
  instruction,
  options: { executor: "claude", ...options },
});

/** Asks for its tool again and again; who does not stop it by the fourth time waits for ever. */
const tireless =
  (folder: () => string): Script =>
  (_, nth) => ({
    use: "Write",
    input: { file_path: join(folder(), `${nth}.txt`), content: "x" },
    say: `file ${nth}`,
    ...(nth > 3 && { hold: new Promise<void>(() => {}) }),
  });

describe.skipIf(!hasSdk)("the budget of Claude", () => {
  it.each<[keyof NonNullable<NonNullable<AgentPayload["options"]>["budget"]>, number]>([
    ["turns", 2],
    ["tokens", 250],
    ["costUsd", 0.0005],
  ])("of %s stops it cleanly, and keeps what it has done", async (budget, limit) => {
    let folder = "";
    const { stage } = await openSdkStage(tireless(() => folder));
    folder = stage.folder;
    await stage.startWorker();

    const task = await stage.run(ask("write files", { budget: { [budget]: limit } }));

    expect(task).toMatchObject({ state: "failed", attempt: 1, failure: { kind: "over_budget" } });
    expect(task.failure?.message).toContain(`options.budget.${budget}`);
    const result = task.result as unknown as AgentResult;
    expect(result).toMatchObject({
      text: expect.stringMatching(/^file \d$/),
      sessionId: expect.any(String),
      end: { kind: "over_budget", budget, limit },
    });
    expect(result.usage.turns).toBeGreaterThanOrEqual(2);
    expect(result.usage.turns).toBeLessThan(5);
    expect(readFileSync(join(folder, "1.txt"), "utf8")).toBe("x");
  });

  it.each([
    [{ outputBytes: 2_000 }, "outputBytes"],
    [{ tokens: 1_000 }, "tokens"],
    [{ wallMs: 2_500 }, "wallMs"],
  ] as const)("of %o stops an answer that never ends", async (budget, name) => {
    const { stage, model } = await openSdkStage(() => ({ endless: "on and on and on " }));
    await stage.startWorker();

    const task = await stage.run(ask("talk", { budget }));

    expect(task).toMatchObject({ state: "failed", failure: { kind: "over_budget" } });
    expect(task.result).toMatchObject({ end: { kind: "over_budget", budget: name } });
    await until(() => model.connections === 0);
  });

  it("is no matter to an agent that has come to its end", async () => {
    const { stage } = await openSdkStage(() => ({ say: "done" }));
    await stage.startWorker();

    const task = await stage.run(ask("go", { budget: { tokens: 105, turns: 1 } }));

    expect(task).toMatchObject({ state: "completed", result: { text: "done" } });
  });

  it("can be raised: another task goes on with the same conversation", async () => {
    let folder = "";
    const { stage, model } = await openSdkStage(tireless(() => folder));
    folder = stage.folder;
    await stage.startWorker();
    const first = await stage.run(ask("write two files", { budget: { turns: 1 } }));
    const continuation = continuationOf(first, []);
    if (continuation.kind === "impossible") throw new Error(continuation.reason);
    model.asked.length = 0;
    model.follow(() => ({ say: "that is all" }));

    const second = await stage.run({
      ...ask("go on", { continueFromTaskId: first.id, budget: { turns: 5 } }),
      resume: continuation.resume,
    });

    expect(second).toMatchObject({ state: "completed", result: { text: "that is all" } });
    const sessionOf = ({ result }: typeof first) => (result as unknown as AgentResult).sessionId;
    expect(sessionOf(second)).toBe(sessionOf(first));
    const said = JSON.stringify(model.asked[0]?.body.messages);
    expect(said).toContain("write two files");
    expect(said).toContain("go on");
    const costs = [first, second].map(({ result }) => result as unknown as AgentResult);
    expect(costs.map(({ usage }) => usage)).toMatchObject([
      { turns: 1, inputTokens: 100, costUsd: 0.0003 },
      { turns: 1, inputTokens: 100, costUsd: 0.0003 },
    ]);
  });
});

describe.skipIf(!hasSdk)("a conversation", () => {
  it("that was cancelled goes on from where it was", async () => {
    const { stage, model } = await openSdkStage(() => ({ endless: "on and on " }));
    await stage.startWorker({ timing: { abortGraceMs: 10_000 } });
    const id = await stage.submit(ask("talk of ships"));
    await until(() => model.asked.length > 0);
    await stage.stage.store.cancel({ taskId: id, reason: "test", now: Date.now() });
    const first = await stage.stage.untilEnded(id);
    await until(() => model.connections === 0);
    const { lines } = await stage.stage.store.logsOf({ taskId: id, after: 0, limit: 1_000 });
    const found = continuationOf(
      first,
      lines.map(({ line }) => line),
    );
    if (found.kind === "impossible") throw new Error(found.reason);
    model.follow(() => ({ say: "done" }));

    const second = await stage.run({ ...ask("now of harbours"), resume: found.resume });

    expect(first.state).toBe("cancelled");
    expect((await stage.entries(id)).at(-1)).toMatchObject({ end: { kind: "stopped" } });
    expect(second).toMatchObject({ state: "completed", result: { text: "done" } });
    expect(JSON.stringify(model.asked.at(-1)?.body.messages)).toContain("talk of ships");
  });

  it("that is not there any more is no fault of Claude's", async () => {
    const { stage } = await openSdkStage(() => ({ say: "ok" }));
    await stage.startWorker();

    const sessionId = "11111111-2222-4333-8444-555555555555";
    const task = await stage.run({
      ...ask("go on"),
      resume: { fromTaskId: "t", executor: "claude", sessionId, folder: stage.folder },
    });

    expect(task).toMatchObject({ state: "failed", attempt: 1, failure: { kind: "user_error" } });
    expect(task.failure?.message).toContain("No conversation found");
  });
});

describe.skipIf(!hasSdk)("what Claude is given", () => {
  it("is the model, the words and the tools that the task asks for", async () => {
    const { stage, model } = await openSdkStage(() => ({ say: "ok" }));
    await stage.startWorker();

    await stage.run({
      ...ask("look", {
        model: "claude-opus-4-8",
        systemPrompt: "You speak of ships.",
        disallowedTools: ["Bash", "WebFetch"],
      }),
      context: { workingDirectory: stage.folder, files: ["src/a.ts"] },
    });

    const { body } = model.asked.at(-1) ?? {};
    expect(body?.model).toBe("claude-opus-4-8");
    expect(JSON.stringify([body?.system, body?.messages])).toContain("You speak of ships.");
    expect(JSON.stringify(body?.messages)).toContain("src/a.ts");
    const tools = body?.tools?.map(({ name }) => name) ?? [];
    expect(tools).toContain("Write");
    expect(tools).not.toContain("Bash");
    expect(tools).not.toContain("WebFetch");
  });

  it("is no permission that nobody gave: what would have to be asked for is denied", async () => {
    const { stage, model } = await openSdkStage(() => undefined, { permission: "default" });
    const file = join(stage.folder, "a.txt");
    const write = { use: "Write", input: { file_path: file, content: "x" } };
    model.follow((_, nth) => (nth % 2 === 1 ? write : { say: "ended" }));
    await stage.startWorker();

    const denied = await stage.run(ask("write"));
    expect(existsSync(file)).toBe(false);
    const allowed = await stage.run(ask("write", { allowedTools: ["Write"] }));

    expect(existsSync(file)).toBe(true);
    const answers = (await stage.entries(denied.id)).filter(({ kind }) => kind === "tool_answered");
    expect(answers).toMatchObject([{ isError: true }]);
    expect(allowed.state).toBe("completed");
  });

  it("is a home of the worker's own, and nothing of the worker's environment", async () => {
    const { stage, model } = await openSdkStage(() => undefined, { permission: "default" });
    const show = { use: "Bash", input: { command: "env; echo HOME=$HOME", description: "look" } };
    model.follow((_, nth) => (nth === 1 ? show : { say: "seen" }));
    process.env.CLX_TEST_SECRET = "not for agents";
    await stage.startWorker();
    delete process.env.CLX_TEST_SECRET;

    const task = await stage.run(ask("look", { allowedTools: ["Bash"] }));

    const [answer] = (await stage.entries(task.id)).flatMap((entry) =>
      entry.kind === "tool_answered" ? [entry.text] : [],
    );
    expect(answer).toMatch(/HOME=\S*clx-agent-/);
    expect(answer).not.toContain("not for agents");
  });

  it("is not a tool server's secret on a command line", async () => {
    const held = Promise.withResolvers<void>();
    const { stage, model } = await openSdkStage(() => ({ hold: held.promise, say: "ok" }));
    await stage.startWorker();
    const token = `hidden-${stage.folder}`;

    const mcpServers = { files: { command: "/bin/false", env: { TOKEN: token } } };
    const id = await stage.submit(ask("go", { mcpServers }));
    await until(() => model.asked.length > 0);
    const lines = commandLines();
    held.resolve();

    expect(lines.filter((line) => line.includes("claude"))).not.toEqual([]);
    expect(lines.filter((line) => line.includes(token))).toEqual([]);
    expect((await stage.stage.untilEnded(id)).state).toBe("completed");
  });
});

function commandLines(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8")];
      } catch {
        return [];
      }
    });
}
