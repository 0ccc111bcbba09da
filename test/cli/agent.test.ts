import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { PlayedAgent, story } from "../support/agent-story.ts";
import { ClxSite } from "../support/clx.ts";
import { linesOf, program } from "../support/store-programs.ts";

describe("clx submit agent", () => {
  it("hands on every option", async () => {
    const site = new ClxSite();
    mkdirSync(join(site.folder, "sub"));

    const id = await site.ok(
      ...["submit", "agent", "Mend the parser", "--cwd", "sub", "--executor", "claude"],
      ...["--model", "m-1", "--system-prompt", "Be brief.", "--file", "a.ts", "--file", "b.ts"],
      ...["--allow-tools", "Read,Bash(git log, git show)", "--allow-tools", "Edit"],
      ...["--deny-tools", "WebFetch", "--permission-mode", "acceptEdits", "--max-turns", "20"],
      ...["--budget-tokens", "50000", "--budget-cost", "0.50", "--budget-time", "10m"],
      ...["--budget-output", "1m", "--worktree", "--branch", "mend", "--base-branch", "main"],
      ...["--keep-worktree", "--priority", "3"],
    );

    const task = await (await site.openStore()).findTask(id);
    expect(task).toMatchObject({ type: "agent", priority: 3, state: "pending" });
    expect(task?.payload).toEqual({
      instruction: "Mend the parser",
      context: { workingDirectory: join(site.folder, "sub"), files: ["a.ts", "b.ts"] },
      options: {
        executor: "claude",
        model: "m-1",
        systemPrompt: "Be brief.",
        allowedTools: ["Read", "Bash(git log, git show)", "Edit"],
        disallowedTools: ["WebFetch"],
        permissionMode: "acceptEdits",
        budget: {
          turns: 20,
          tokens: 50_000,
          costUsd: 0.5,
          wallMs: 600_000,
          outputBytes: 1_048_576,
        },
        worktree: { branchName: "mend", baseBranch: "main", keep: true },
      },
    });
  });

  it("takes the instruction from a file or its input, and the payload as JSON", async () => {
    const site = new ClxSite();
    writeFileSync(join(site.folder, "prompt.md"), "# Mend\n\nthe parser\n");
    const json = JSON.stringify({ instruction: "As JSON", options: { model: "m" } });

    const fromFile = await site.ok("submit", "agent", "@prompt.md");
    const fromInput = await site.run(["submit", "agent", "-"], { input: "From the input\n" });
    const asJson = await site.ok("submit", "agent", json);

    const store = await site.openStore();
    const told = async (id: string) => (await store.findTask(id))?.payload;
    expect(await told(fromFile)).toMatchObject({ instruction: "# Mend\n\nthe parser" });
    expect(await told(fromInput.stdout.trim())).toMatchObject({ instruction: "From the input" });
    expect(await told(asJson)).toEqual(JSON.parse(json));
  });

  it.each([
    [["agent"], /the instruction is missing; write: clx submit agent/],
    [["agent", "x", "--max-turns", "0"], /--max-turns is "0"/],
    [["agent", "x", "--budget-cost", "much"], /--budget-cost is "much"/],
    [["agent", "x", "--permission-mode", "pln"], /did you mean plan\?/],
    [["agent", "x", "--env", "A=1"], /--env is for "clx submit command/],
    [["agent", '{"instruction":"x"}', "--model", "m"], /--model stands with an instruction/],
    [["agent", '{"instruktion":"x"}'], /did you mean instruction\?/],
    [["command", "--model", "m", "--", "true"], /--model is for "clx submit agent/],
    [["agent", "x", "--file", "../../etc/passwd"], /within the working directory/],
  ])("refuses %j", async (args, message) => {
    const site = new ClxSite();

    const { code, stderr } = await site.run(["submit", ...args, "--dry-run"]);

    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it("goes on with the conversation of a task, and with no other", async () => {
    const site = new ClxSite();
    const first = await site.ok("submit", "agent", "Mend the parser", "--max-turns", "1");
    const open = await site.run(["submit", "agent", "Go on", "--continue", first]);
    const store = await site.openStore();
    const agent = await PlayedAgent.begin(store);
    await agent.tell(...story);
    await agent.finish({
      folder: site.folder,
      end: { kind: "over_budget", budget: "turns", limit: 1 },
    });

    const second = await site.ok("submit", "agent", "Go on", "--continue", first.slice(0, 12));
    const other = await site.run(["submit", "agent", "Go on", "--continue", "nobody"]);

    const task = await store.findTask(second);
    expect(open.stderr).toMatch(/is pending; wait for its end/);
    expect(other.code).not.toBe(0);
    expect(task).toMatchObject({ state: "pending", after: [first], onDependencyFailure: "run" });
    expect(task?.payload).toMatchObject({
      instruction: "Go on",
      options: { continueFromTaskId: first },
      resume: { fromTaskId: first, folder: site.folder, executor: "claude" },
    });
    expect(task?.payload).not.toHaveProperty("context");
  });
});

describe("a conversation that two processes go on with at once", () => {
  it("is one's alone, though both have found it free", async () => {
    const { site, first } = await withConversation();
    const both = [1, 2].map(() => program("continuer", [site.databasePath, first]));
    const said = both.map((one) => linesOf(one)[Symbol.asyncIterator]());
    for (const lines of said) expect((await lines.next()).value).toBe("it is free");

    for (const one of both) one.stdin?.end("go\n");
    const ends = await Promise.all(said.map(async (lines) => String((await lines.next()).value)));

    const [taken] = ends.flatMap((end) => /^taken by (.*)$/.exec(end)?.[1] ?? []);
    expect(ends.toSorted()).toEqual([
      expect.stringMatching(`^conflict: .* goes on in task ${taken} already, which is pending`),
      `taken by ${taken}`,
    ]);
  });

  it("is one's alone on the command line", async () => {
    const { site, first } = await withConversation();

    const ask = () => site.run(["submit", "agent", "Go on", "--continue", first]);
    const ends = await Promise.all([ask(), ask(), ask(), ask()]);

    expect(ends.filter(({ code }) => code === 0)).toHaveLength(1);
    const refused = ends.filter(({ code }) => code !== 0);
    for (const { stderr } of refused) expect(stderr).toMatch(/goes on in task \S+ already/);
  });
});

/** A project with an agent's task that has ended, and its id. */
async function withConversation(): Promise<{ site: ClxSite; first: string }> {
  const site = new ClxSite();
  const first = await site.ok("submit", "agent", "Mend the parser");
  const agent = await PlayedAgent.begin(await site.openStore());
  await agent.tell(...story);
  await agent.finish({ folder: site.folder });
  return { site, first };
}

describe("the task of an agent", () => {
  it("tells its conversation in words, and its lines as they were written as JSON", async () => {
    const { site, id } = await told();

    const words = await site.ok("tasks", "logs", id);
    const lines = await site.ok("tasks", "logs", id, "--json");

    expect(words).toContain("claude (claude-sonnet-4-5) began in /srv/project on branch");
    expect(words).toContain("── turn 2");
    expect(words).toContain("→ Bash\n    command: npm test -- parser\n      echo done");
    expect(words).toContain("✗ FAIL src/parser.test.ts");
    expect(words).toContain("… 35 more lines");
    expect(words).toContain("The agent is done. (3 turns, 5,850 tokens, $0.0630, 24s)");
    expect(words).toContain("a line of its program");
    expect(words).not.toContain('{"kind"');
    expect(words).not.toContain("\u001b[31mFAIL");
    expect(JSON.parse(lines.split("\n")[0] ?? "").line).toContain('"kind":"started"');
  });

  it("tells what it has used, in which conversation, and how that ended", async () => {
    const { site, id } = await told();

    const shown = await site.ok("tasks", "show", id);
    const listed = await site.ok("tasks", "list");

    expect(shown).toMatch(/^does {9}agent: Mend the parser$/m);
    expect(shown).toMatch(/^used {9}3 turns, 5,850 tokens, \$0\.0630, 24s$/m);
    expect(shown).toMatch(/^conversation 5b0e7e0a/m);
    expect(shown).toMatch(/^end {10}The agent is done\.$/m);
    expect(shown).toMatch(/^result {7}It is done\.$/m);
    expect(listed).toContain("Mend the parser");
  });
});

it("an agent at work is told with its folder and its conversation", async () => {
  const site = new ClxSite();
  const id = await site.ok("submit", "agent", "Mend the parser");
  const agent = await PlayedAgent.begin(await site.openStore());
  await agent.tell(
    { kind: "started", executor: "claude", folder: "/srv/project" },
    { kind: "session", sessionId: "5b0e7e0a" },
  );

  const shown = await site.ok("tasks", "show", id);

  expect(shown).toMatch(/^agent {8}claude$/m);
  expect(shown).toMatch(/^folder {7}\/srv\/project$/m);
  expect(shown).toMatch(/^conversation 5b0e7e0a$/m);
});

describe("the agent of examples/agent-server", () => {
  it("works as its README says: with --follow, with --wait, in a conversation, by exec", async () => {
    const site = exampleSite();
    const asked = ["--executor", "scripted", "--cwd", "work"];

    const followed = await site.run([
      ...["submit", "agent", "--follow", ...asked],
      "think first\nwrite notes.md hello there\ncount notes.md\nbye",
    ]);
    const [first = ""] = /task (\S+)/.exec(followed.stderr)?.slice(1) ?? [];
    const again = await site.run(["submit", "agent", "--wait", "--continue", first, "again"]);
    const run = await site.run(["exec", "agent", ...asked, "again"]);
    const spent = await site.run([
      ...["submit", "agent", "--wait", "--max-turns", "1", ...asked, "list\nlist\nlist"],
    ]);

    expect(followed).toMatchObject({ code: 0, stdout: "You said: bye\n" });
    expect(followed.stderr).toContain("→ Write\n    file_path: notes.md\n    content: hello there");
    expect(followed.stderr).toContain("← 2 lines, 2 words");
    expect(readFileSync(join(site.folder, "work", "notes.md"), "utf8")).toBe("hello there\n");
    expect(again).toMatchObject({ code: 0, stdout: "I go on with our conversation.\n" });
    expect(run).toMatchObject({ code: 0, stdout: "This is where we begin.\n" });
    expect(run.stderr).not.toContain('{"kind"');
    expect(spent.code).toBe(1);
    expect(spent.stderr).toContain("used up its budget of 1 turn");
    expect(spent.stderr).not.toContain('{"kind"');
    expect(await site.ok("tasks", "show", first)).toMatch(/^continued by \S+ \(completed\)$/m);
  });

  it("is refused by a name that nobody has configured", async () => {
    const site = exampleSite();

    const { code, stderr } = await site.run(["submit", "agent", "--executor", "scriptd", "x"]);

    expect(code).toBe(2);
    expect(stderr).toContain(
      'there is no agent "scriptd" (options.executor); did you mean scripted?',
    );
  });
});

describe("clx doctor", () => {
  it("says which agents could work, and what those lack that could not", async () => {
    const site = exampleSite();
    site.writeConfig(`
[agents.here]
runner = "command"
command = ["node", "{folder}/agent.mjs"]
[agents.gone]
runner = "command"
command = ["no-such-agent-program"]
[agents.keyless]
runner = "command"
command = ["node"]
key = "NO_SUCH_KEY_OF_AN_AGENT"
`);

    const { code, stdout } = await site.run(["doctor", "--json"]);

    const { checks } = JSON.parse(stdout) as { checks: { name: string; level: string }[] };
    const ofAgents = checks.filter(({ name }) => name.startsWith("agent_"));
    expect(code).toBe(2);
    expect(ofAgents).toMatchObject([
      { name: "agent_claude", level: "ok" },
      { name: "agent_gone", level: "problem" },
      { name: "agent_here", level: "ok" },
      { name: "agent_keyless", level: "ok" },
      { name: "agent_keyless_key", level: "warning" },
    ]);
  });
});

function exampleSite(): ClxSite {
  const site = new ClxSite();
  const example = fileURLToPath(new URL("../../examples/agent-server/", import.meta.url));
  const program = "scripted-agent.mjs";
  cpSync(join(example, program), join(site.folder, program));
  site.writeConfig(
    readFileSync(join(example, "config.toml"), "utf8").replace('STEP_MS = "400"', 'STEP_MS = "1"'),
  );
  mkdirSync(join(site.folder, "work"));
  return site;
}

async function told(): Promise<{ site: ClxSite; id: string }> {
  const site = new ClxSite();
  const id = await site.ok("submit", "agent", "Mend the parser\nand its tests");
  const agent = await PlayedAgent.begin(await site.openStore());
  await agent.tell(...story);
  await agent.print("a line of its program");
  await agent.finish();
  return { site, id };
}
