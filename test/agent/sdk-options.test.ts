import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { AgentPayload, AgentPermission } from "../../src/agent/agent-task.ts";
import { hasSdk, openSdkStage } from "../support/agent/sdk-stage.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

const toolServer = fileURLToPath(new URL("../support/agent/tool-server.ts", import.meta.url));

const ask = (instruction: string, options: AgentPayload["options"] = {}) => ({
  instruction,
  options: { executor: "claude", ...options },
});

describe.skipIf(!hasSdk)("an option of a task for Claude", () => {
  it.each<[AgentPermission, boolean]>([
    ["default", false],
    ["plan", false],
    ["acceptEdits", true],
  ])("permissionMode %s: whether it may write is %s", async (permissionMode, may) => {
    const other = may ? "default" : "acceptEdits";
    const { stage, model } = await openSdkStage(() => undefined, { permission: other });
    const file = join(stage.folder, "a.txt");
    const write = { use: "Write", input: { file_path: file, content: "x" } };
    model.follow((_, nth) => (nth === 1 ? write : { say: "ended" }));
    await stage.startWorker();

    const task = await stage.run(ask("write", { permissionMode }));

    expect(task.state).toBe("completed");
    expect(existsSync(file)).toBe(may);
  });

  it("permissionMode bypassPermissions: it may do anything, but not as root", async () => {
    const { stage, model } = await openSdkStage(() => undefined, { permission: "default" });
    const file = join(stage.folder, "a.txt");
    const run = { use: "Bash", input: { command: `touch ${file}`, description: "touch" } };
    model.follow((_, nth) => (nth === 1 ? run : { say: "ended" }));
    await stage.startWorker();

    const task = await stage.run(ask("go", { permissionMode: "bypassPermissions" }));

    const isRoot = process.getuid?.() === 0;
    expect(task.state).toBe(isRoot ? "failed" : "completed");
    expect(existsSync(file)).toBe(!isRoot);
    if (isRoot) {
      expect(task).toMatchObject({ attempt: 1, failure: { kind: "user_error" } });
      expect(task.failure?.message).toMatch(
        /does not bypass permissions as root; ask for acceptEdits .* IS_SANDBOX = "1"/,
      );
    }
    expect(model.asked.length > 0).toBe(!isRoot);
  });

  it("permissionMode bypassPermissions as root: works where the sandbox is said to be one", async () => {
    const { stage, model } = await openSdkStage(() => undefined, {
      permission: "default",
      env: { IS_SANDBOX: "1" },
    });
    const file = join(stage.folder, "a.txt");
    const run = { use: "Bash", input: { command: `touch ${file}`, description: "touch" } };
    model.follow((_, nth) => (nth === 1 ? run : { say: "ended" }));
    await stage.startWorker();

    const task = await stage.run(ask("go", { permissionMode: "bypassPermissions" }));

    expect(task.state).toBe("completed");
    expect(existsSync(file)).toBe(true);
  });

  it("mcpServers: its tools are offered, and answer with what the server was given", async () => {
    const { stage, model } = await openSdkStage(() => undefined, { permission: "default" });
    const use = { use: "mcp__greeter__greet", input: {} };
    model.follow((_, nth) => (nth === 1 ? use : { say: "ended" }));
    await stage.startWorker();
    const args = ["--disable-warning=ExperimentalWarning", toolServer, "sailor"];
    const greeter = { command: process.execPath, args, env: { GREETING: "Ahoy" } };

    const task = await stage.run(
      ask("greet", { mcpServers: { greeter }, allowedTools: ["mcp__greeter__greet"] }),
    );

    expect(task.state).toBe("completed");
    const answers = (await stage.entries(task.id)).filter(({ kind }) => kind === "tool_answered");
    expect(answers).toMatchObject([{ isError: false, text: "Ahoy, sailor" }]);
  });

  it("disallowedTools: also what is allowed is not there", async () => {
    const { stage, model } = await openSdkStage(() => undefined);
    const file = join(stage.folder, "a.txt");
    const write = { use: "Write", input: { file_path: file, content: "x" } };
    model.follow((_, nth) => (nth === 1 ? write : { say: "ended" }));
    await stage.startWorker();

    await stage.run(ask("write", { allowedTools: ["Write"], disallowedTools: ["Write"] }));

    expect(existsSync(file)).toBe(false);
    expect(model.asked[0]?.body.tools?.map(({ name }) => name)).not.toContain("Write");
  });
});

/** What a worker may find in the environment that it was started from. */
const planted = {
  ANTHROPIC_AUTH_TOKEN: "unwanted_1",
  ANTHROPIC_BASE_URL: "http://127.0.0.1:9/unwanted_2",
  ANTHROPIC_MODEL: "unwanted_3",
  ANTHROPIC_CUSTOM_HEADERS: "x-unwanted: unwanted_4",
  CLAUDE_CODE_OAUTH_TOKEN: "unwanted_5",
  CLAUDE_CODE_USE_BEDROCK: "1",
  CLAUDE_CONFIG_DIR: "/unwanted_6",
  AWS_ACCESS_KEY_ID: "unwanted_7",
  AWS_SECRET_ACCESS_KEY: "unwanted_8",
  GITHUB_TOKEN: "unwanted_9",
  NODE_OPTIONS: "--title=unwanted_10",
  XDG_CONFIG_HOME: "/unwanted_11",
} as const;

describe.skipIf(!hasSdk)("the environment of Claude", () => {
  it("has nothing that was planted in the worker's: not in its tools, not in what it sends", async () => {
    const { stage, model } = await openSdkStage(() => undefined, { permission: "default" });
    const show = { use: "Bash", input: { command: "env", description: "look" } };
    model.follow((_, nth) => (nth === 1 ? show : { say: "seen" }));
    for (const [name, value] of Object.entries(planted)) vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    await stage.startWorker();
    vi.unstubAllEnvs();

    const task = await stage.run(ask("look", { allowedTools: ["Bash"] }));

    expect(task.state).toBe("completed");
    const told = JSON.stringify([await stage.entries(task.id), model.asked]);
    expect(told.includes("CLX_TASK_ID")).toBe(true);
    expect(told.match(/unwanted_\d+|CLAUDE_CODE_USE_BEDROCK/g)).toBe(null);
    expect(model.asked[0]?.headers["x-api-key"]).toBe("not-a-key");
    expect(model.strays).toEqual([]);
  });
});
