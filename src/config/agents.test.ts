import { describe, expect, it } from "vitest";
import { ConfigSite } from "../../test/support/config-site.ts";
import { resolveAgents } from "./agents.ts";
import { explainConfig } from "./explain-config.ts";
import { resolvePool } from "./pool-settings.ts";

const whole = `
[agents.helper]
runner = "command"
command = ["./helper", "--json"]
lines = "claude"
input = "text"
model_args = ["--model", "{model}"]
resume_args = ["--resume", "{session}"]
model = "small"
permission = "acceptEdits"
key = "HELPER_KEY"
pass_env = ["HTTPS_PROXY"]
env = { MODE = "quiet" }
home = "agents"
prices = { input = 3, output = 15 }

[agents.claude]
sdk_folder = "sdk"
project_settings = true
keep_conversations = "2d"
`;

describe("the agents of a configuration", () => {
  it("are one, where nothing is configured", async () => {
    const config = await new ConfigSite().load();

    expect(resolveAgents(config)).toEqual({
      claude: {
        ...{ runner: "sdk", permission: "default", projectSettings: false },
        keepConversationsMs: 30 * 86_400_000,
      },
    });
  });

  it("have every key that was written", async () => {
    const site = new ConfigSite().write("project", whole);

    expect(resolveAgents(await site.load())).toEqual({
      claude: {
        runner: "sdk",
        permission: "default",
        sdkFolder: `${site.project}/sdk`,
        projectSettings: true,
        keepConversationsMs: 172_800_000,
      },
      helper: {
        runner: "command",
        command: { argv: [`${site.project}/helper`, "--json"], cwd: site.project },
        lines: "claude",
        input: "text",
        modelArgs: ["--model", "{model}"],
        resumeArgs: ["--resume", "{session}"],
        model: "small",
        permission: "acceptEdits",
        key: "HELPER_KEY",
        passEnv: ["HTTPS_PROXY"],
        env: { MODE: "quiet" },
        home: `${site.project}/agents`,
        prices: { input: 3, output: 15 },
      },
    });
  });

  it("are set by variables too, and each value knows who said it", async () => {
    const site = new ConfigSite().write("project", whole);
    const env = {
      CLX_AGENTS__HELPER__MODEL: "large",
      CLX_AGENTS__HELPER__PASS_ENV: '["A", "B"]',
      CLX_AGENTS__HELPER__ENV: '{"MODE": "loud"}',
      CLX_AGENTS__HELPER__PRICES: '{"input": 1, "output": 2, "cached": 0.1}',
    };

    const config = await site.load({ env });

    expect(resolveAgents(config).helper).toMatchObject({
      model: "large",
      passEnv: ["A", "B"],
      env: { MODE: "loud" },
      prices: { input: 1, output: 2, cached: 0.1 },
    });
    const row = explainConfig(config).find(({ key }) => key === "agents.helper.model");
    expect(row).toMatchObject({ json: "large", origin: { variable: "CLX_AGENTS__HELPER__MODEL" } });
  });

  it("are told to workers of the type agent, beside their other settings", async () => {
    const site = new ConfigSite().write("project", "[workers.agent]\nsettings = { a = 1 }\n");

    const { settings } = resolvePool(await site.load(), "agent");

    expect(settings).toMatchObject({ a: 1, agents: { claude: { runner: "sdk" } } });
  });

  it.each([
    ["[agents.x]\nruner = 1", "unknown key agents.x.runer; did you mean runner?"],
    ['[agents.x]\nrunner = "command"', "agents.x.command is missing"],
    ['[agents.x]\nlines = "claude"', 'agents.x.lines has no effect: the runner is "sdk"'],
    [
      '[agents.x]\nrunner = "command"\ncommand = ["a"]\nsdk_folder = "b"',
      'agents.x.sdk_folder has no effect: the runner is "command"',
    ],
    ["[agents]\nclaude = 1", "agents.claude must be a table"],
    ["[agents.X]", '"X" cannot name an agent'],
    ["[agents.x]\nprices = { input = 1 }", "must be dollars for a million tokens"],
    ["[agents.x]\nenv = { A = 1 }", "agents.x.env.A is 1, but must be a text"],
    ['[agents.x]\npass_env = "A"', "must be a list of texts"],
  ])("are refused, and why is said: %j", async (toml, message) => {
    const { problems } = await new ConfigSite().write("project", toml).examine();

    expect(problems.map((one) => one.message).join("\n")).toContain(message);
  });
});
