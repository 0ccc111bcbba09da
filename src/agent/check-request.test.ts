import { expect, it } from "vitest";
import type { AgentsSettings } from "./agent-settings.ts";
import type { AgentPayload } from "./agent-task.ts";
import { flawOfRequest } from "./check-request.ts";

const command = { argv: ["agent"], cwd: "/" };
const agents: AgentsSettings = {
  claude: { runner: "sdk" },
  json: { runner: "command", command },
  words: { runner: "command", command, input: "text", modelArgs: ["--model", "{model}"] },
};
const resume = { fromTaskId: "t", executor: "words", sessionId: "s", folder: "/srv" };

it.each<[Omit<AgentPayload, "instruction">, string | undefined]>([
  [{}, undefined],
  [{ options: { executor: "json", systemPrompt: "x", permissionMode: "plan" } }, undefined],
  [{ options: { executor: "words", model: "x" } }, undefined],
  [{ options: { executor: "wrods" } }, "did you mean words?"],
  [{ options: { executor: "other" } }, "configured are claude, json, words"],
  [
    { options: { executor: "words", systemPrompt: "x" } },
    "options.systemPrompt would have no effect",
  ],
  [{ resume }, "cannot go on with a conversation"],
  [{ resume, options: { executor: "claude" } }, "the conversation of task t is words's"],
  [
    { resume: { ...resume, executor: "claude" }, options: { worktree: { baseBranch: "main" } } },
    "options.worktree.baseBranch has no effect",
  ],
])("an option that would have no effect is refused: %j", (request, flaw) => {
  const found = flawOfRequest({ instruction: "x", ...request }, agents);

  if (flaw === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(flaw);
});
