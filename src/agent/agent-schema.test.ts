import { describe, expect, it } from "vitest";
import { agentPayloadSchema, agentRequestSchema } from "./agent-schema.ts";

const whole = {
  instruction: "Mend the tests.",
  context: { workingDirectory: "/srv/project", files: ["src/a.ts"] },
  options: {
    executor: "claude",
    model: "claude-sonnet-5",
    systemPrompt: "Be short.",
    allowedTools: ["Write", "Bash(npm test:*)"],
    disallowedTools: ["WebFetch"],
    permissionMode: "acceptEdits",
    mcpServers: { files: { command: "npx", args: ["server"], env: { TOKEN: "x" } } },
    budget: { turns: 5, tokens: 100_000, costUsd: 0.5, wallMs: 60_000, outputBytes: 1_000_000 },
    worktree: { baseBranch: "main", branchName: "agents/mend-1", keep: true },
    continueFromTaskId: "1m7zmanjsrn9p9mzh5zg",
  },
};

function faults(value: unknown): string {
  const read = agentRequestSchema.safeParse(value);
  return (read.error?.issues ?? [])
    .map(({ path, message }) => `${path.join(".")}: ${message}`)
    .join("; ");
}

describe("an agent's request", () => {
  it("is taken with every option there is, and stays as it was", () => {
    expect(agentRequestSchema.parse(whole)).toEqual(whole);
    expect(agentRequestSchema.parse({ instruction: "x" })).toEqual({ instruction: "x" });
  });

  it.each<[object, string]>([
    [{}, "instruction: "],
    [{ instruction: "  " }, "instruction: must not be empty"],
    [
      { instruction: "x", option: {} },
      '"option" is nothing that an agent task has; did you mean options?',
    ],
    [
      { instruction: "x", options: { modle: "y" } },
      'options: "modle" is nothing that options has; did you mean model?',
    ],
    [{ instruction: "x", options: { verbose: true } }, "known are executor, model,"],
    [{ instruction: "x", options: { budget: { turn: 1 } } }, "did you mean turns?"],
    [{ instruction: "x", options: { budget: { turns: 0 } } }, "options.budget.turns: "],
    [
      { instruction: "x", options: { budget: { costUsd: 0 } } },
      "options.budget.costUsd: must be more",
    ],
    [{ instruction: "x", options: { budget: { wallMs: 1.5 } } }, "options.budget.wallMs: "],
    [{ instruction: "x", options: { permissionMode: "ask" } }, "options.permissionMode: "],
    [
      { instruction: "x", options: { worktree: { branchName: "-D" } } },
      "must be the name of a branch",
    ],
    [
      { instruction: "x", options: { worktree: { baseBranch: "a..b" } } },
      "must be the name of a branch",
    ],
    [
      { instruction: "x", options: { worktree: { branchName: "a b" } } },
      "must be the name of a branch",
    ],
    [{ instruction: "x", context: { workingDirectory: "project" } }, "must be an absolute path"],
    [
      { instruction: "x", context: { files: ["../secret"] } },
      "must be a path within the working directory",
    ],
    [{ instruction: "x\0" }, "must not hold a NUL character"],
    [
      { instruction: "x", resume: { sessionId: "y" } },
      '"resume" is nothing that an agent task has',
    ],
  ])("is refused, and why is said: %j", (value, message) => {
    expect(faults(value)).toContain(message);
  });

  it("has its conversation only in the queue, where nobody else could have put it", () => {
    const resume = { fromTaskId: "t", executor: "claude", sessionId: "s", folder: "/srv" };

    expect(agentPayloadSchema.safeParse({ ...whole, resume }).success).toBe(true);
    expect(agentRequestSchema.safeParse({ ...whole, resume }).success).toBe(false);
  });
});
