import { choice, duration, text, yesOrNo } from "./formats.ts";
import { type Key, type Keys, key, optionalKey } from "./key.ts";
import { path, program } from "./place-formats.ts";
import { prices, texts, textTable } from "./table-formats.ts";

/** `[agents.NAME]` */
export const agentKeys = {
  runner: key({
    format: choice(["sdk", "command"]),
    default: "sdk",
    doc: "How the agent runs: `sdk` through the package `@anthropic-ai/claude-agent-sdk`, `command` as a program of its own that prints lines of JSON.",
  }),
  command: optionalKey({
    format: program,
    unset: 'none; `runner = "command"` needs one',
    doc: "The agent's program and its arguments. `{instruction}`, `{model}`, `{session}` and `{folder}` (where relative paths start) in them are replaced.",
    example: '["my-agent", "--json"]',
  }),
  lines: key({
    format: choice(["clx", "claude"]),
    default: "clx",
    doc: "What the program prints: `clx` the entries that docs/agents.md describes, `claude` what `claude -p --output-format stream-json` prints.",
  }),
  input: key({
    format: choice(["json", "text"]),
    default: "json",
    doc: "What the program reads from its standard input: one object with all that was asked, or the instruction alone.",
  }),
  model_args: optionalKey({
    format: texts,
    unset: "none",
    doc: "Added to the program's arguments when a model is asked for.",
    example: '["--model", "{model}"]',
  }),
  resume_args: optionalKey({
    format: texts,
    unset: "none",
    doc: "Added to the program's arguments when a conversation goes on.",
    example: '["--resume", "{session}"]',
  }),
  sdk_folder: optionalKey({
    format: path,
    unset: "where clx is installed, then the project's folder",
    doc: "The folder in whose `node_modules` the SDK is installed.",
    example: '"/opt/agent-sdk"',
  }),
  project_settings: key({
    format: yesOrNo,
    default: false,
    doc: "Whether the SDK heeds `CLAUDE.md` and `.claude` of the folder that it works in. Settings there may allow more than the task does.",
  }),
  keep_conversations: key({
    format: duration({ zero: "for ever" }),
    default: 30 * 86_400_000,
    doc: "How long a conversation of the SDK's is kept that nobody goes on with.",
  }),
  model: optionalKey({
    format: text,
    unset: "the agent's own choice",
    doc: "The model of tasks that name none.",
    example: '"claude-sonnet-5"',
  }),
  permission: key({
    format: choice(["default", "acceptEdits", "bypassPermissions", "plan"]),
    default: "default",
    doc: "The permission mode of tasks that name none. What would have to be asked for is denied: nobody is there to be asked.",
  }),
  key: optionalKey({
    format: text,
    unset: "`ANTHROPIC_API_KEY` with the SDK, if there is one; none with a command",
    doc: "The name of the variable that has the agent's key. It is taken from the worker's environment; the key itself is never written down.",
    example: '"ANTHROPIC_API_KEY"',
  }),
  pass_env: optionalKey({
    format: texts,
    unset: "none but `PATH`, `LANG`, `LC_ALL` and `TZ`",
    doc: "Names of variables of the worker's environment that the agent gets too.",
    example: '["HTTPS_PROXY"]',
  }),
  env: optionalKey({
    format: textTable,
    unset: "none",
    doc: "Variables for the agent.",
    example: '{ ANTHROPIC_BASE_URL = "https://gateway.example.org" }',
  }),
  home: optionalKey({
    format: path,
    unset: "`checkpoints/.agents` beside the database",
    doc: "The folder in which conversations, worktrees and folders of tasks are kept.",
    example: '"/var/lib/clx/agents"',
  }),
  prices: optionalKey({
    format: prices,
    unset: "what the agent itself says about its cost",
    doc: "Dollars for a million tokens, for agents that tell their tokens but not their cost.",
    example: "{ input = 3, output = 15, cached = 0.3 }",
  }),
};

const ofOneRunner = {
  command: ["command", "lines", "input", "model_args", "resume_args"],
  sdk: ["sdk_folder", "project_settings", "keep_conversations"],
} as const satisfies Record<string, readonly (keyof typeof agentKeys)[]>;

/** Keys that have no effect on an agent of this runner. */
export function idleKeys(runner: keyof typeof ofOneRunner): readonly (keyof typeof agentKeys)[] {
  return runner === "sdk" ? ofOneRunner.command : ofOneRunner.sdk;
}

export function agentKeysOf(runner: keyof typeof ofOneRunner): Keys {
  const idle: readonly string[] = idleKeys(runner);
  return Object.fromEntries(
    Object.entries<Key>(agentKeys).filter(([name]) => !idle.includes(name)),
  );
}
