import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import type { AgentResult } from "../../src/agent/agent-task.ts";
import { resolveAgents } from "../../src/config/agents.ts";
import { agentKeys } from "../../src/config/schema/agent-keys.ts";
import type { Task } from "../../src/domain/task.ts";
import { AgentStage } from "../support/agent/agent-stage.ts";
import { FakeModel } from "../support/agent/fake-model.ts";
import { hasSdk, sdkFolder } from "../support/agent/sdk-stage.ts";
import { ConfigSite } from "../support/config-site.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

const program = fileURLToPath(new URL("../support/agent/scripted-agent.ts", import.meta.url));
const argv = [process.execPath, "--disable-warning=ExperimentalWarning", program];
const scripted = `runner = "command"\ncommand = ${JSON.stringify(argv)}`;
/** Prints its arguments and what it reads, as Claude would say it. */
const echo = `const input = require("fs").readFileSync(0, "utf8");
const result = JSON.stringify([process.argv.slice(1), input]);
console.log(JSON.stringify({ type: "result", subtype: "success", session_id: "s", result }));`;
const echoing = `runner = "command"\nlines = "claude"\ncommand = ${JSON.stringify([process.execPath, "-e", echo, "--"])}`;

/** For each key of `[agents.NAME]`: what it changes, seen from outside. */
const effects: Readonly<
  Record<keyof typeof agentKeys, readonly [statement: string, prove: () => Promise<void>]>
> = {
  runner: ["says whether a program or the SDK works", programAtWork],
  command: ["is the program that works", programAtWork],
  lines: ["says how the program's lines are read", linesOfClaude],
  input: ["says what the program reads", onlyTheInstruction],
  model_args: ["tell the program its model", toldItsModel],
  resume_args: ["tell the program which conversation goes on", toldItsConversation],
  sdk_folder: ["is where the SDK is looked for", sdkElsewhere],
  project_settings: ["let Claude heed CLAUDE.md", heedsProject],
  keep_conversations: ["says when a conversation is forgotten", forgotten],
  model: ["is the model of tasks that name none", modelByDefault],
  permission: ["is the permission mode of tasks that name none", permissionByDefault],
  key: ["names the variable that is passed on", passedOn("key", '"CLX_TEST_VALUE"')],
  pass_env: ["names variables that are passed on", passedOn("pass_env", '["CLX_TEST_VALUE"]')],
  env: ["is given to the agent", givenEnv],
  home: ["is where its folders are", homeElsewhere],
  prices: ["make a cost of tokens", pricedTokens],
};

it.each(
  Object.entries(effects).map(([key, [statement, prove]]) => [key, statement, prove] as const),
)("%s %s", async (_key, _statement, prove) => {
  await prove();
});

it("is shown here for every key", () => {
  expect(Object.keys(effects).toSorted()).toEqual(Object.keys(agentKeys).toSorted());
});

interface Wish {
  readonly instruction?: string;
  readonly options?: object;
  readonly resume?: object;
}

/** One task of an agent that is configured so. */
async function ran(toml: string, { instruction = "say done", ...more }: Wish = {}): Promise<Ran> {
  const site = new ConfigSite().write("project", `[agents.helper]\n${toml}\n`);
  const stage = await AgentStage.open(resolveAgents(await site.load()));
  writeFileSync(join(stage.folder, "CLAUDE.md"), "Speak of lighthouses.");
  await stage.startWorker();
  const { options, ...rest } = more;
  const task = await stage.run({
    ...{ instruction, ...(rest as object) },
    options: { executor: "helper", ...options },
  });
  const entries = await stage.entries(task.id);
  const said = entries.flatMap((entry) => (entry.kind === "said" ? [entry.text] : [])).join("");
  return {
    task,
    said,
    site,
    text: (task.result as unknown as AgentResult | undefined)?.text ?? "",
  };
}

interface Ran {
  readonly task: Task;
  readonly said: string;
  readonly text: string;
  readonly site: ConfigSite;
}

async function programAtWork() {
  expect((await ran(scripted)).text).toBe("done");
}

async function linesOfClaude() {
  const { task } = await ran(echoing);
  expect(task.result).toMatchObject({ sessionId: "s", end: { kind: "finished" } });
}

async function onlyTheInstruction() {
  const { text } = await ran(`${echoing}\ninput = "text"`, { instruction: "words" });
  expect(JSON.parse(text)[1]).toBe("words");
}

async function toldItsModel() {
  const toml = `${echoing}\nmodel_args = ["--model", "{model}"]`;
  const { text } = await ran(toml, { options: { model: "large" } });
  expect(JSON.parse(text)[0]).toEqual(["--model", "large"]);
}

async function toldItsConversation() {
  const resume = { fromTaskId: "t", executor: "helper", sessionId: "s9", folder: "/" };
  const { text } = await ran(`${echoing}\nresume_args = ["--resume", "{session}"]`, { resume });
  expect(JSON.parse(text)[0]).toEqual(["--resume", "s9"]);
}

async function sdkElsewhere() {
  const { task, site } = await ran('sdk_folder = "nowhere"');
  expect(task).toMatchObject({ state: "failed", failure: { kind: "not_started" } });
  expect(task.failure?.message).toContain(
    `run "npm install @anthropic-ai/claude-agent-sdk" in ${join(site.project, "nowhere")}`,
  );
}

async function heedsProject() {
  if (!hasSdk) return;
  const model = await FakeModel.open();
  onTestFinished(() => model.close());
  const env = `{ ANTHROPIC_BASE_URL = "${model.url}", ANTHROPIC_API_KEY = "not-a-key" }`;
  const toml = `sdk_folder = ${JSON.stringify(sdkFolder)}\nenv = ${env}\n`;

  await ran(toml);
  const without = JSON.stringify(model.asked);
  await ran(`${toml}project_settings = true`);
  const withIt = JSON.stringify(model.asked);

  expect(without).not.toContain("lighthouses");
  expect(withIt).toContain("lighthouses");
}

async function forgotten() {
  if (!hasSdk) return;
  const model = await FakeModel.open();
  onTestFinished(() => model.close());
  const env = `{ ANTHROPIC_BASE_URL = "${model.url}", ANTHROPIC_API_KEY = "not-a-key" }`;
  const home = mkdtempSync(join(tmpdir(), "clx-agents-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  for (const [name, days] of Object.entries({ old: 3, young: 1 })) {
    const folder = join(home, "helper/conversations", name);
    mkdirSync(folder, { recursive: true });
    const then = Date.now() / 1_000 - days * 86_400;
    utimesSync(folder, then, then);
  }

  await ran(`sdk_folder = ${JSON.stringify(sdkFolder)}
env = ${env}
home = ${JSON.stringify(home)}
keep_conversations = "2d"`);

  const left = readdirSync(join(home, "helper/conversations"));
  expect(left).toHaveLength(2);
  expect(left).toContain("young");
}

async function modelByDefault() {
  const { said } = await ran(`${scripted}\nmodel = "small"`, { instruction: "orders" });
  expect(JSON.parse(said)).toMatchObject({ model: "small" });
}

async function permissionByDefault() {
  const { said } = await ran(`${scripted}\npermission = "plan"`, { instruction: "orders" });
  expect(JSON.parse(said)).toMatchObject({ permissionMode: "plan" });
}

function passedOn(key: string, value: string) {
  return async () => {
    process.env.CLX_TEST_VALUE = "passed";
    onTestFinished(() => void delete process.env.CLX_TEST_VALUE);
    const without = await ran(scripted, { instruction: "env" });
    const withIt = await ran(`${scripted}\n${key} = ${value}`, { instruction: "env" });

    expect(without.said).not.toContain("CLX_TEST_VALUE");
    expect(withIt.said).toContain('"CLX_TEST_VALUE":"passed"');
  };
}

async function givenEnv() {
  const { said } = await ran(`${scripted}\nenv = { MODE = "quiet" }`, { instruction: "env" });
  expect(said).toContain('"MODE":"quiet"');
}

async function homeElsewhere() {
  const { task, site } = await ran(`${scripted}\nhome = "agents"`, {
    instruction: "write a.txt x",
    ...{ context: {} },
  });
  const folder = join(site.project, "agents/helper/folders", task.id);
  expect(existsSync(join(folder, "a.txt"))).toBe(true);
}

async function pricedTokens() {
  const { task } = await ran(`${scripted}\nprices = { input = 1000, output = 2000 }`, {
    instruction: "use 500",
  });
  expect(task.result).toMatchObject({ usage: { costUsd: 0.502 } });
}
