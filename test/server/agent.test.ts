import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { decodeEntry } from "../../src/agent/agent-entry.ts";
import { agentTask, PlayedAgent, story } from "../support/agent-story.ts";
import { ApiSite, type ApiSiteParams } from "../support/api-site.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { type ServeMode, ServerSite } from "../support/server.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

const program = fileURLToPath(new URL("../support/agent/scripted-agent.ts", import.meta.url));
const scripted = `
[agents.scripted]
runner = "command"
command = ["${process.execPath}", "--disable-warning=ExperimentalWarning", "${program}"]
[workers.agent]
count = 1
`;

describe("an instruction that is handed in", () => {
  it("may say everything in our words", async () => {
    const site = await opened();
    const options = {
      executor: "claude",
      model: "m-1",
      systemPrompt: "Be brief.",
      allowedTools: ["Read"],
      disallowedTools: ["WebFetch"],
      permissionMode: "plan",
      mcpServers: { files: { command: "files", args: ["--all"], env: { A: "1" } } },
      budget: { turns: 3, tokens: 10, costUsd: 0.5, wallMs: 1_000, outputBytes: 100 },
      worktree: { baseBranch: "main", branchName: "mend", keep: true },
    };
    const context = { workingDirectory: site.folder, files: ["a.ts"] };

    const payload = await payloadOf(site, { instruction: "x", context, options });

    expect(payload).toEqual({ instruction: "x", context, options });
  });

  it("may say it in the words of spec 4's clients", async () => {
    const site = await opened();

    const payload = await payloadOf(site, {
      instruction: "x",
      options: {
        async: true,
        timeout: 300_000,
        retry: { maxRetries: 2, policy: "exponential" },
        sdk: {
          maxTurns: 5,
          allowedTools: ["Read"],
          disallowedTools: ["Bash"],
          systemPrompt: "Be brief.",
          permissionMode: "allow",
          mcpConfig: { files: { command: "files" } },
        },
        useWorktree: true,
        worktree: { enabled: true, baseBranch: "main", keepAfterCompletion: true },
      },
    });

    expect(payload).toEqual({
      instruction: "x",
      options: {
        budget: { turns: 5 },
        allowedTools: ["Read"],
        disallowedTools: ["Bash"],
        systemPrompt: "Be brief.",
        permissionMode: "bypassPermissions",
        mcpServers: { files: { command: "files" } },
        worktree: { baseBranch: "main", keep: true },
      },
    });
  });

  it.each([
    [{ useWorktree: true }, { worktree: {} }],
    [{ worktree: { enabled: true } }, { worktree: {} }],
    [{ worktree: { enabled: false } }, undefined],
    [{ useWorktree: false }, undefined],
    [{ sdk: { permissionMode: "ask" } }, { permissionMode: "default" }],
    [{ sdk: { permissionMode: "deny" } }, { permissionMode: "plan" }],
    [{ sdk: { maxTurns: 5 }, budget: { tokens: 9 } }, { budget: { turns: 5, tokens: 9 } }],
    [{ sdk: {} }, undefined],
  ])("with %j asks for %j", async (options, wanted) => {
    const site = await opened();

    const payload = await payloadOf(site, { instruction: "x", options });

    expect(payload.options).toEqual(wanted);
  });

  it.each([
    [{ modle: "m" }, "options.modle", "did you mean model?"],
    [{ sdk: { maxTruns: 1 } }, "options.sdk.maxTruns", "did you mean maxTurns?"],
    [{ sdk: { maxTurns: 0 } }, "options.sdk.maxTurns", "must be at least 1"],
    [{ sdk: { maxTurns: "5" } }, "options.sdk.maxTurns", "must be a number"],
    [{ sdk: { resumeSession: "s" } }, "options.sdk.resumeSession", "as continueFromTaskId"],
    [{ sdk: { mcpConfig: { a: { command: "a", cwd: "/" } } } }, "options.sdk.mcpConfig.a", '"cwd"'],
    [{ sdk: { permissionMode: "maybe" } }, "options.sdk.permissionMode", '"acceptEdits"'],
    [{ sdk: 5 }, "options.sdk", "is no option"],
    [{ codex: {} }, "options.codex", "[agents.NAME]"],
    [{ worktree: { autoMerge: true } }, "options.worktree.autoMerge", "its branch is kept"],
    [{ worktree: { branch: "b" } }, "options.worktree.branch", "branchName"],
    [{ worktree: { branchName: "a b" } }, "options.worktree.branchName", "the name of a branch"],
    [{ useWorktree: 1 }, "options.useWorktree", "must be true or false"],
    [{ useWorktree: false, worktree: { keep: true } }, "options.worktree", "none is wanted"],
    [{ useWorktree: true, worktree: { enabled: false } }, "options.useWorktree", "contradicts"],
    [{ budget: { turns: 1 }, sdk: { maxTurns: 2 } }, "options.sdk.maxTurns", "give one of them"],
    [{ allowedTools: [], sdk: { allowedTools: [] } }, "options.sdk.allowedTools", "the same"],
    [{ budget: { turn: 1 } }, "options.budget", "did you mean turns?"],
    [{ timeout: { total: 5, setup: 1 } }, "options.timeout", ""],
    [{ retry: { maxRetries: 1, retryableErrors: [] } }, "options.retry", "retryableErrors"],
  ])("is refused with %j, naming %s", async (options, field, words) => {
    const site = await opened();

    const { status, body } = await site.ask("POST /api/tasks", {
      body: { instruction: "x", options },
    });

    expect([status, body.error.code]).toEqual([400, "invalid_value"]);
    expect(body.error.fields.map((one: { field: string }) => one.field)).toContain(field);
    expect(body.error.message).toContain(words);
    expect((await site.store.listTasks({ limit: 1 })).items).toEqual([]);
  });

  it.each([
    [{ instruction: "x", options: { executor: "clade" } }, /did you mean claude\?/],
    [{ instruction: "x", context: { workingDirectry: "/" } }, /did you mean workingDirectory\?/],
    [{ instruction: "x", context: { workingDirectory: "a" } }, /absolute path/],
    [{ type: "agent", payload: { instruction: "" } }, /must not be empty/],
    [
      { type: "agent", payload: { instruction: "x", resume: { folder: "/etc" } } },
      /"resume" is nothing that an agent task has/,
    ],
  ])("is refused as %j", async (body, words) => {
    const site = await opened();

    const answer = await site.ask("POST /api/tasks", { body });

    expect(answer.status).toBe(400);
    expect(answer.body.error.message).toMatch(words);
  });

  it("is told apart in a batch", async () => {
    const site = await opened();
    const tasks = [{ instruction: "x" }, { instruction: "x", options: { sdk: { verbose: true } } }];

    const { status, body } = await site.ask("POST /api/tasks/batch", { body: { tasks } });

    expect([status, body.error.task]).toEqual([400, 1]);
    expect(body.error.message).toMatch(/^task 2: options\.sdk\.verbose is not taken/);
  });
});

describe("an instruction that goes on with a conversation", () => {
  it("has it, comes after its task, and must be allowed its folder", async () => {
    const site = await opened({ allowedFolders: [] });
    const allowed = join(site.folder, "allowed");
    mkdirSync(allowed);
    const first = await ended(site, { context: { workingDirectory: allowed } });
    const body = { instruction: "Go on", options: { sdk: { continueFromTaskId: first } } };

    const { status, body: answer } = await site.ask("POST /api/tasks", { body });
    const task = await site.store.findTask(answer.taskId);
    await site.ask(`POST /api/tasks/${answer.taskId}/cancel`);
    const elsewhere = { ...site.server.settings, allowedFolders: [join(site.folder, "other")] };
    Object.assign(site.server, { settings: elsewhere });
    const refused = await site.ask("POST /api/tasks", { body });

    expect([status, task?.state, task?.after]).toEqual([202, "pending", [first]]);
    expect(task?.payload).toMatchObject({ resume: { fromTaskId: first, executor: "claude" } });
    expect([refused.status, refused.body.error.code]).toEqual([403, "folder_not_allowed"]);
  });

  it("is refused while another one does: asked at once, in one batch, or later", async () => {
    const site = await opened();
    const first = await ended(site, {});
    const body = { instruction: "Go on", options: { continueFromTaskId: first } };
    const batch = { tasks: [body, body] };

    const together = await site.ask("POST /api/tasks/batch", { body: batch });
    const atOnce = await Promise.all([1, 2].map(() => site.ask("POST /api/tasks", { body })));
    const [taken] = (await site.store.listTasks({ limit: 1 })).items;
    await site.ask(`POST /api/tasks/${taken?.id}/cancel`);
    const later = await site.ask("POST /api/tasks", { body });

    expect([together.status, together.body.error.message]).toEqual([
      409,
      expect.stringMatching(/^tasks 1 and 2 both go on with the conversation of task/),
    ]);
    expect(new Set(atOnce.map(({ status }) => status))).toEqual(new Set([202, 409]));
    expect(atOnce.find(({ status }) => status === 409)?.body.error.message).toMatch(
      `goes on in task ${taken?.id} already, which is pending; continue that one when it has ended, or cancel it first`,
    );
    expect(later.status).toBe(202);
  });

  it("does not run again while another one goes on", async () => {
    const site = await opened();
    const options = { continueFromTaskId: await ended(site, {}) };
    const ask = async () => (await submit(site, { instruction: "Go on", options })).taskId;
    const first = await ask();
    await site.ask(`POST /api/tasks/${first}/cancel`);
    const second = await ask();

    const refused = await site.ask(`POST /api/tasks/${first}/retry`);
    await site.ask(`POST /api/tasks/${second}/cancel`);
    const taken = await site.ask(`POST /api/tasks/${first}/retry`);

    expect([refused.status, taken.status]).toEqual([409, 202]);
    expect(refused.body.error.message).toContain(`goes on in task ${second} already`);
  });

  it("is the same task when it is sent twice with one key", async () => {
    const site = await opened();
    const options = { continueFromTaskId: await ended(site, {}) };
    const body = { instruction: "Go on", key: "once", options };

    const answers = [
      await site.ask("POST /api/tasks", { body }),
      await site.ask("POST /api/tasks", { body }),
    ];

    expect(new Set(answers.map(({ body: { taskId } }) => taskId)).size).toBe(1);
    expect(answers[0]?.status).toBe(202);
  });

  it.each([
    ["nobody", 400, /names no task/],
    ["open", 409, /is pending; wait for its end/],
    ["command", 409, /only an agent's can be continued/],
    ["silent", 409, /before its agent had begun a conversation/],
  ])("is refused after a task that is %s", async (which, status, words) => {
    const site = await opened();
    const ids: Record<string, () => Promise<string>> = {
      nobody: async () => "nobody",
      open: async () => (await submit(site, { instruction: "x" })).taskId,
      command: async () =>
        (await submit(site, { type: "command", payload: { argv: ["true"] } })).taskId,
      silent: async () => {
        const { taskId } = await submit(site, { instruction: "x" });
        await site.ask(`POST /api/tasks/${taskId}/cancel`);
        return taskId;
      },
    };
    const continueFromTaskId = await ids[which]?.();

    const answer = await site.ask("POST /api/tasks", {
      body: { instruction: "Go on", options: { continueFromTaskId } },
    });

    expect(answer.status).toBe(status);
    expect(answer.body.error.message).toMatch(words);
  });
});

describe("where nobody can follow an instruction", () => {
  it("is answered at once, and says what is missing; so is one that is waited for", async () => {
    const site = await opened();
    Object.assign(site.server, { lackOf: () => "no agent can be used: install one" });

    const taken = await site.ask("POST /api/tasks", { body: { instruction: "x" } });
    const waited = await site.ask("POST /api/tasks", {
      body: { instruction: "x", options: { async: false } },
    });

    for (const { status, body } of [taken, waited]) {
      expect([status, body.status]).toEqual([202, "pending"]);
      expect(body.waitsBecause).toMatch(
        /No live worker takes agent tasks .*: no agent can be used/,
      );
    }
  });

  it("hears of an agent that was installed since", async () => {
    const site = new ServerSite({ config: '[agents.claude]\nsdk_folder = "later"\n' });
    const served = await site.serve("standalone");
    const ask = async () => {
      const answer = await served.send("POST", "/api/tasks", { instruction: "x" });
      return ((await answer.json()) as { waitsBecause: string }).waitsBecause;
    };

    const before = await ask();
    const folder = join(site.folder, "later/node_modules/@anthropic-ai/claude-agent-sdk");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"main": "sdk.mjs"}');
    writeFileSync(join(folder, "sdk.mjs"), "");
    const after = await ask();
    await served.stop();

    expect(before).toContain("no agent can be used");
    expect(after).toContain('"clx supervise --type agent" starts some');
  });

  it("says nothing of it where somebody can", async () => {
    const site = await opened();
    await PlayedWorker.start(site.store, { type: "agent" });

    const { body } = await site.ask("POST /api/tasks", { body: { instruction: "x" } });

    expect(body.waitsBecause).toBeUndefined();
  });
});

describe.each(["inline", "managed", "standalone"] as const satisfies readonly ServeMode[])(
  "a server in %s mode",
  (mode) => {
    it("follows instructions with the agent that is configured, and goes on with them", async () => {
      const site = new ServerSite({ config: scripted });
      const served = await site.serve(mode);
      const worker = mode === "standalone" ? site.start(["worker", "--type", "agent"]) : undefined;
      await until(async () => (await site.workers()).some(({ state }) => state === "idle"));
      const context = { workingDirectory: site.folder };
      const options = { executor: "scripted", async: false, sdk: { maxTurns: 9 } };

      const answer = await served.send("POST", "/api/tasks", {
        ...{ instruction: "say hello\nwrite out.txt text\nuse 40", context, options },
      });
      // biome-ignore lint/suspicious/noExplicitAny: it looks into whatever it expects
      const first = (await answer.json()) as any;
      const again = await served.send("POST", "/api/tasks", {
        instruction: "say again",
        options: { continueFromTaskId: first.taskId, async: false },
      });
      // biome-ignore lint/suspicious/noExplicitAny: it looks into whatever it expects
      const second = (await again.json()) as any;
      const { logs } = await served.get<{ logs: string[] }>(`/api/tasks/${first.taskId}/logs`);
      worker?.kill("SIGTERM");
      await worker?.end;
      await served.stop();

      expect([answer.status, first.status]).toEqual([201, "completed"]);
      expect(first.result).toMatchObject({
        text: "hello",
        executor: "scripted",
        folder: site.folder,
        end: { kind: "finished" },
        usage: { turns: 1, inputTokens: 40 },
      });
      expect(first).toMatchObject({
        instruction: expect.any(String),
        workingDirectory: site.folder,
      });
      expect([again.status, second.status]).toEqual([201, "completed"]);
      expect(second.result).toMatchObject({
        text: "again",
        sessionId: first.result.sessionId,
        folder: site.folder,
      });
      const kinds = logs.map((line) => decodeEntry(line)?.kind);
      expect(kinds).toContain("tool_used");
      expect(kinds.at(-1)).toBe("ended");
    });
  },
);

it("a server without any agent says at its start what is missing, and takes tasks all the same", async () => {
  const site = new ServerSite({ config: '[agents.claude]\nsdk_folder = "nowhere"\n' });
  const served = await site.serve("inline");

  const answer = await served.send("POST", "/api/tasks", { instruction: "x" });
  const body = (await answer.json()) as Record<string, string>;
  const { stderr } = await served.stop();

  expect([answer.status, body.status]).toEqual([202, "pending"]);
  expect(body.waitsBecause).toContain('run "npm install @anthropic-ai/claude-agent-sdk"');
  expect(stderr).toContain("no agent workers: no agent can be used");
});

async function opened(params: ApiSiteParams = {}): Promise<ApiSite> {
  const site = await ApiSite.open(params);
  onTestFinished(() => site.close());
  return site;
}

async function submit(site: ApiSite, body: object): Promise<{ taskId: string }> {
  return (await site.ask("POST /api/tasks", { body })).body;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever they expect
async function payloadOf(site: ApiSite, body: object): Promise<any> {
  const { status, body: answer } = await site.ask("POST /api/tasks", { body });
  expect(status).toBe(202);
  return (await site.store.findTask(answer.taskId))?.payload;
}

/** The task of an agent that has told its story. */
async function ended(site: ApiSite, more: object): Promise<string> {
  const { payload } = agentTask(more);
  const { taskId } = await submit(site, { type: "agent", payload });
  const agent = await PlayedAgent.begin(site.store);
  await agent.tell(...story);
  await agent.finish();
  return taskId;
}
