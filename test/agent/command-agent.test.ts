import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AgentSettings } from "../../src/agent/agent-settings.ts";
import type { AgentBudget, AgentResult } from "../../src/agent/agent-task.ts";
import { continuationOf } from "../../src/agent/continue-task.ts";
import { identify } from "../../src/machine/process-identity.ts";
import { AgentStage, scripted } from "../support/agent/agent-stage.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

const overloadedOnce = `echo '{"kind":"session","sessionId":"s"}'
[ "$CLX_ATTEMPT" = 1 ] && echo '{"kind":"ended","end":{"kind":"failed","cause":"overloaded","message":"x"}}'
exit 0`;

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

  it("gets all that was asked, and an environment that is built from nothing", async () => {
    const stage = await AgentStage.open({
      scripted: {
        ...scripted,
        passEnv: ["CLX_TEST_PASSED"],
        key: "CLX_TEST_KEY",
        env: { MODE: "quiet" },
        model: "by-default",
      },
    });
    Object.assign(process.env, { CLX_TEST_PASSED: "1", CLX_TEST_KEY: "k", CLX_TEST_SECRET: "s" });
    await stage.startWorker();
    for (const name of ["PASSED", "KEY", "SECRET"]) delete process.env[`CLX_TEST_${name}`];

    const task = await stage.run({
      instruction: "env\norders",
      options: { systemPrompt: "ships", allowedTools: ["Write"], permissionMode: "plan" },
    });

    const said = (await stage.entries(task.id)).flatMap((entry) =>
      entry.kind === "said" ? [entry.text] : [],
    );
    const split = said.findIndex((text) => text.startsWith('{"instruction"'));
    const env = JSON.parse(said.slice(0, split).join(""));
    expect(env).toMatchObject({ MODE: "quiet", CLX_TEST_PASSED: "1", CLX_TEST_KEY: "k" });
    expect(env).toMatchObject({ CLX_TASK_ID: task.id, CLX_ATTEMPT: "1" });
    expect(env.HOME).toMatch(/clx-agent-/);
    const allowed =
      /^(PATH|LANG|LC_ALL|TZ|HOME|TMPDIR|MODE|CLX_(WORKER_ID|AGENT_HOME|TASK_ID|ATTEMPT|TASK_MARK|TEST_(RUN|PASSED|KEY)))$/;
    expect(Object.keys(env).filter((name) => !allowed.test(name))).toEqual([]);
    expect(JSON.parse(said.slice(split).join(""))).toMatchObject({
      instruction: "env\norders",
      folder: stage.folder,
      model: "by-default",
      systemPrompt: "ships",
      allowedTools: ["Write"],
      permissionMode: "plan",
      resume: false,
    });
  });

  it.each([
    ["not_logged_in", "user_error", 1],
    ["bad_request", "user_error", 1],
    ["overloaded", "unavailable", 3],
    ["network", "unavailable", 3],
  ])("that says %s fails its task with that cause", async (cause, kind, attempt) => {
    const stage = await AgentStage.open();
    await stage.startWorker();

    const task = await stage.run({ instruction: `write a.txt x\nfail ${cause}` });

    expect(task).toMatchObject({ state: "failed", attempt, failure: { kind } });
    expect(task.result).toMatchObject({ end: { kind: "failed", cause } });
  });

  it("goes on with its conversation after a fault that passes, and begins another after a retry", async () => {
    const stage = await AgentStage.open();
    await stage.startWorker();
    const id = await stage.submit(
      { instruction: "say begun\norders\nfail overloaded" },
      { retry: { maxAttempts: 2, on: "infrastructure", backoffMs: 1, maxBackoffMs: 1 } },
    );
    await stage.stage.untilEnded(id);
    await stage.stage.store.retry({ taskId: id, now: Date.now() });
    await stage.stage.untilEnded(id);

    const orders = (await stage.entries(id)).flatMap((entry) =>
      entry.kind === "said" && entry.text.startsWith("{") ? [JSON.parse(entry.text)] : [],
    );
    expect(orders.map(({ resume }) => resume)).toEqual([false, true, false, true]);
    const [first, second, third, fourth] = orders.map(({ sessionId }) => sessionId);
    expect([second, fourth]).toEqual([first, third]);
    expect(third).not.toBe(first);
    expect(orders[1].instruction).toMatch(/you were cut off .* Go on where you stopped\.$/);
    expect(orders[2].instruction).toContain("say begun");
  });

  it("is told its instruction again with the conversation if it may not have heard it", async () => {
    const stage = await AgentStage.open();
    await stage.startWorker();

    const { id } = await stage.run(
      { instruction: "silent\norders\nfail overloaded" },
      { retry: { maxAttempts: 2, on: "infrastructure", backoffMs: 1, maxBackoffMs: 1 } },
    );

    const said = (await stage.entries(id)).flatMap((entry) =>
      entry.kind === "said" ? [JSON.parse(entry.text)] : [],
    );
    expect(said).toMatchObject([
      { resume: false },
      { resume: true, instruction: expect.stringMatching(/Go on where .*\n\nsilent\norders/) },
    ]);
  });

  it("begins another conversation after a fault if it cannot be told to go on", async () => {
    const stage = await AgentStage.open({
      scripted: {
        ...scripted,
        command: { argv: ["/bin/sh", "-c", overloadedOnce], cwd: "/" },
        input: "text",
      },
    });
    await stage.startWorker();

    const task = await stage.run({ instruction: "go" });

    const notes = (await stage.entries(task.id)).filter(({ kind }) => kind === "note");
    expect(task).toMatchObject({ state: "completed", attempt: 2 });
    expect(notes).toMatchObject([{ text: expect.stringContaining("did not complete the task") }]);
  });

  it("that ends with an exit code fails its task with its last words", async () => {
    const stage = await AgentStage.open();
    await stage.startWorker();

    const task = await stage.run({ instruction: "complain I cannot\nexit 3" });

    expect(task).toMatchObject({ state: "failed", attempt: 1, failure: { kind: "exit_code" } });
    expect(task.failure?.message).toContain("ended with exit code 3; it said: I cannot");
  });

  it("that is not there fails its task, and says which key is at fault", async () => {
    const stage = await AgentStage.open({
      scripted: { runner: "command", command: { argv: ["no-such-agent"], cwd: "/" } },
    });
    await stage.startWorker();

    const task = await stage.run({ instruction: "go" });

    expect(task).toMatchObject({ state: "failed", failure: { kind: "not_started" } });
    expect(task.failure?.message).toContain("agents.NAME.command");
  });

  it("is heard also where it prints something else", async () => {
    const stage = await AgentStage.open();
    await stage.startWorker();

    const task = await stage.run({ instruction: 'print hello\nprint {"kind":"odd"}\nsay done' });

    const { lines } = await stage.stage.store.logsOf({ taskId: task.id, after: 0, limit: 100 });
    const printed = lines.filter(({ stream }) => stream === "stdout").map(({ line }) => line);
    expect(printed).toEqual(["hello", '{"kind":"odd"}']);
    expect(task.state).toBe("completed");
  });

  it("works in a folder of its own where none is named", async () => {
    const stage = await AgentStage.open();
    await stage.startWorker();

    const task = await stage.run({ instruction: "write a.txt x", context: {} });

    const { folder } = task.result as unknown as AgentResult;
    expect(readdirSync(folder)).toEqual(["a.txt"]);
    expect(folder).toBe(join(stage.stage.folder, "checkpoints/.agents/scripted/folders", task.id));
  });

  it("is refused what would have no effect", async () => {
    const stage = await AgentStage.open({
      scripted: { ...scripted, input: "text" },
    });
    await stage.startWorker();

    const [prompted, unknown, missing] = await Promise.all([
      stage.run({ instruction: "go", options: { systemPrompt: "x", model: "y" } }),
      stage.run({ instruction: "go", options: { executor: "other" } }),
      stage.run({ instruction: "go", context: { workingDirectory: "/no/such/folder" } }),
    ]);

    expect(prompted?.failure?.message).toContain("options.systemPrompt, options.model would have");
    expect(unknown?.failure?.message).toContain('no agent "other"');
    expect(missing?.failure?.message).toContain("/no/such/folder is not there");
  });

  it("is refused without the key that was configured", async () => {
    const stage = await AgentStage.open({ scripted: { ...scripted, key: "NO_SUCH_KEY" } });
    await stage.startWorker();

    const task = await stage.run({ instruction: "go" });

    expect(task.failure).toMatchObject({ kind: "user_error" });
    expect(task.failure?.message).toContain("no variable NO_SUCH_KEY");
  });
});

describe("an agent that is a program run wild", () => {
  const speaking = async (program: string, more: Partial<AgentSettings> = {}) => {
    const argv = [
      process.execPath,
      "-e",
      `const line = (value) => console.log(JSON.stringify(value));${program}`,
    ];
    const stage = await AgentStage.open({
      scripted: { runner: "command", command: { argv, cwd: "/" }, ...more },
    });
    await stage.startWorker();
    const task = await stage.run({ instruction: "go" });
    return {
      stage,
      task,
      said: (await stage.entries(task.id)).filter(({ kind }) => kind === "said"),
    };
  };
  const done = 'line({ kind: "said", text: "done" })';

  const deep = '"[".repeat(2e5) + "]".repeat(2e5)';
  const call = 'JSON.stringify({ kind: "tool_used", callId: "c", tool: "t", input: 0 })';

  it.each([
    ["a session with an endless name", 'line({ kind: "session", sessionId: "s".repeat(2e6) })'],
    ["an endless model", 'line({ kind: "session", sessionId: "s", model: "m".repeat(2e6) })'],
    ["more than can be counted", 'line({ kind: "used", usage: { inputTokens: 1e308 } })'],
    ["what is nested without an end", `console.log(${call}.replace("0", ${deep}))`],
    ["bytes that are no text", "process.stdout.write(Buffer.alloc(1e5, 0xff)); console.log()"],
    ["half a line at its end", "process.on('exit', () => process.stdout.write('{\"kind\":'))"],
  ])("completes its task though it prints %s", async (_, program) => {
    const { task, said } = await speaking(`${program};${done}`);

    expect(task).toMatchObject({ state: "completed", result: { text: "done" } });
    expect(said).toMatchObject([{ text: "done" }]);
  });

  it("is heard on after lines of Claude's that are none", async () => {
    const odd = 'line({ type: "assistant", message: { content: [{ type: "text", text: 5 }] } });';
    const { said } = await speaking(
      `${odd}line({ type: "assistant", message: { content: [{ type: "text", text: "done" }] } })`,
      { lines: "claude" },
    );

    expect(said).toMatchObject([{ text: "done" }]);
  });

  it("fails its task in few words, though it has many", async () => {
    const end = '{ kind: "failed", cause: "refused", message: "no ".repeat(1e6) }';
    const { task } = await speaking(`line({ kind: "ended", end: ${end} })`);

    expect(task.failure?.kind).toBe("user_error");
    expect(task.failure?.message.length).toBeLessThan(5_000);
  });

  it("has a line that is too long cut at its end, at once", async () => {
    const { stage, task, said } = await speaking(
      `line({ kind: "said", text: "x".repeat(20e6) });${done}`,
    );

    const { lines } = await stage.stage.store.logsOf({ taskId: task.id, after: 0, limit: 100 });
    expect(said).toMatchObject([{ text: "done" }]);
    expect(lines.filter(({ stream }) => stream === "stdout")).toHaveLength(1);
  });
});

describe("an agent that cannot be started", () => {
  it("with so long an instruction says so, and is not tried again", async () => {
    const command = { argv: ["/bin/echo", "{instruction}"], cwd: "/" };
    const stage = await AgentStage.open({
      scripted: { runner: "command", command, input: "text" },
    });
    await stage.startWorker();

    const task = await stage.run({ instruction: "x".repeat(1_000_000) });

    expect(task).toMatchObject({ state: "failed", attempt: 1, failure: { kind: "user_error" } });
    expect(task.failure?.message).toContain("too long for its command line (E2BIG)");
  });

  it("in what is a file, or in a folder that is gone, says so and is not tried again", async () => {
    const stage = await AgentStage.open();
    const file = join(stage.folder, "a.txt");
    const gone = join(stage.folder, "gone");
    writeFileSync(file, "");
    mkdirSync(gone);
    const id = await stage.submit({ instruction: "go", context: { workingDirectory: gone } });
    rmdirSync(gone);
    await stage.startWorker();

    const inFile = await stage.run({ instruction: "go", context: { workingDirectory: file } });
    const inGone = await stage.stage.untilEnded(id);

    expect(inFile).toMatchObject({ state: "failed", attempt: 1, failure: { kind: "user_error" } });
    expect(inFile.failure?.message).toContain("a.txt is no folder");
    expect(inGone).toMatchObject({ state: "failed", attempt: 1, failure: { kind: "user_error" } });
  });
});

describe("a budget", () => {
  it.each<[string, string, AgentBudget]>([
    ["turns", "turns 9", { turns: 3 }],
    ["tokens", "use 600\nwrite a.txt x", { tokens: 500 }],
    ["cost", "cost 2.5\nwrite a.txt x", { costUsd: 2 }],
    ["time", "say begun\nwait", { wallMs: 6_000 }],
    ["output", "flood", { outputBytes: 100_000 }],
    ["time, though it ignores signals", "ignore-signals\nsay begun\nwait", { wallMs: 6_000 }],
  ])("of %s stops an agent, and keeps what there is", async (_, instruction, budget) => {
    const [name] = Object.keys(budget);
    const stage = await AgentStage.open();
    await stage.startWorker();

    const task = await stage.run({ instruction, options: { budget } });

    expect(task).toMatchObject({ state: "failed", attempt: 1, failure: { kind: "over_budget" } });
    expect(task.result).toMatchObject({
      sessionId: expect.any(String),
      end: { kind: "over_budget", budget: name },
    });
    expect((await stage.entries(task.id)).at(-1)).toMatchObject({
      kind: "ended",
      end: { kind: "over_budget", budget: name },
    });
  });

  it("is kept by prices where the agent does not tell its cost", async () => {
    const stage = await AgentStage.open({
      scripted: { ...scripted, prices: { input: 1_000, output: 2_000 } },
    });
    await stage.startWorker();

    const task = await stage.run({
      instruction: "use 600\nwrite a.txt x",
      options: { budget: { costUsd: 0.5 } },
    });

    expect(task.failure?.kind).toBe("over_budget");
    expect(task.result).toMatchObject({ usage: { costUsd: 0.602 } });
  });

  it("is one for all attempts", async () => {
    const stage = await AgentStage.open();
    await stage.startWorker();

    const task = await stage.run({
      instruction: "use 600\nfail-once overloaded\nwrite a.txt x",
      options: { budget: { tokens: 1_000 } },
    });

    expect(task).toMatchObject({ state: "failed", attempt: 2, failure: { kind: "over_budget" } });
    expect(task.result).toMatchObject({ usage: { turns: 2, inputTokens: 1_200 } });
  });

  it("is whole again for a retry that somebody asks for", async () => {
    const stage = await AgentStage.open();
    await stage.startWorker();
    const id = await stage.submit(
      { instruction: "use 400\nfail overloaded", options: { budget: { tokens: 1_000 } } },
      { retry: { maxAttempts: 2, on: "infrastructure", backoffMs: 1, maxBackoffMs: 1 } },
    );
    await stage.stage.untilEnded(id);

    await stage.stage.store.retry({ taskId: id, now: Date.now() });
    const task = await stage.stage.untilEnded(id);

    expect(task).toMatchObject({ attempt: 4, failure: { kind: "unavailable" } });
    expect(task.result).toMatchObject({ usage: { inputTokens: 800 } });
  });

  it.each<[string, AgentBudget, string]>([
    ["use 600\nwait-once\nwrite a.txt x", { tokens: 1_000 }, '"inputTokens":600'],
    ["turns 2\nwait-once\nturns 2", { turns: 7 }, '"turns":3'],
  ])("counts what an attempt had used whose worker died: %j", async (instruction, budget, used) => {
    const stage = await AgentStage.open();
    const worker = await stage.startWorker();
    const id = await stage.submit({ instruction, options: { budget } });
    await stage.stage.untilTask(id, ({ checkpoint }) =>
      JSON.stringify(checkpoint ?? "").includes(used),
    );

    worker.child.kill("SIGKILL");
    await stage.bury(worker);
    await stage.startWorker();

    const task = await stage.stage.untilEnded(id);
    expect(task).toMatchObject({ attempt: 2, failure: { kind: "over_budget" } });
  });

  it("is never tried again, also where every failure should be", async () => {
    const stage = await AgentStage.open();
    await stage.startWorker();

    const task = await stage.run(
      { instruction: "turns 9", options: { budget: { turns: 3 } } },
      { retry: { maxAttempts: 5, on: "any", backoffMs: 1, maxBackoffMs: 1 } },
    );

    expect(task).toMatchObject({ state: "failed", attempt: 1 });
  });
});

describe("another task", () => {
  it("goes on with a conversation that was cancelled: it is in the log", async () => {
    const stage = await AgentStage.open();
    await stage.startWorker();
    const id = await stage.submit({ instruction: "say begun\nwait" });
    await until(async () => (await stage.entries(id)).some(({ kind }) => kind === "said"));
    await stage.stage.store.cancel({ taskId: id, reason: "test", now: Date.now() });
    const first = await stage.stage.untilEnded(id);
    const { lines } = await stage.stage.store.logsOf({ taskId: id, after: 0, limit: 1_000 });

    const found = continuationOf(
      first,
      lines.map(({ line }) => line),
    );
    if (found.kind === "impossible") throw new Error(found.reason);
    const second = await stage.run({
      instruction: "orders",
      context: {},
      options: { continueFromTaskId: id },
      resume: found.resume,
    });

    expect(first.state).toBe("cancelled");
    expect(JSON.parse((second.result as unknown as AgentResult).text)).toMatchObject({
      folder: stage.folder,
      sessionId: found.resume.sessionId,
      resume: true,
    });
  });
});

describe("an attempt that is stopped", () => {
  it("leaves nothing of its agent running, what it has started included", async () => {
    const stage = await AgentStage.open();
    await stage.startWorker();
    const id = await stage.submit({ instruction: "ignore-signals\nchild\nwait" });
    const child = await until(async () => {
      const said = (await stage.entries(id)).find(({ kind }) => kind === "said");
      return said?.kind === "said" ? Number(said.text.split(" ")[1]) : undefined;
    });

    await stage.stage.store.cancel({ taskId: id, reason: "test", now: Date.now() });
    const task = await stage.stage.untilEnded(id);

    expect(task.state).toBe("cancelled");
    expect(identify(child)).toBeUndefined();
  });

  it("keeps what there is when its time is over", async () => {
    const stage = await AgentStage.open();
    await stage.startWorker({ timing: { abortGraceMs: 10_000 } });

    const task = await stage.run({ instruction: "say half\nwait" }, { timeoutMs: 8_000 });

    expect(task).toMatchObject({ state: "failed", failure: { kind: "timed_out" } });
    expect(task.result).toMatchObject({ text: "half", end: { kind: "stopped" } });
  });
});
