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
const elsewhere = { ...resume, executor: "claude" };
const worktree = { repository: "/srv", folder: "/w/t", branch: "clx/t" };
const inWorktree = { ...elsewhere, worktree };

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
  [{ resume: elsewhere, options: { worktree: { baseBranch: "main" } } }, undefined],
  [{ resume: inWorktree, options: { worktree: { keep: true } } }, undefined],
  [
    { resume: inWorktree, options: { worktree: { baseBranch: "main", branchName: "b" } } },
    "options.worktree.baseBranch and options.worktree.branchName would have no effect",
  ],
  [
    { resume: inWorktree, context: { workingDirectory: "/srv" } },
    "context.workingDirectory would have no effect: the conversation of task t goes on in its worktree",
  ],
])("an option that would have no effect is refused: %j", (request, flaw) => {
  const found = flawOfRequest({ instruction: "x", ...request }, agents);

  if (flaw === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(flaw);
});
