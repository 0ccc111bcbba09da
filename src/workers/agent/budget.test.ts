import { describe, expect, it } from "vitest";
import type { AgentBudget, AgentUsage } from "../../agent/agent-task.ts";
import { addUsage, costOf, describeOverBudget, findUsedUp, leftOf, nothingUsed } from "./budget.ts";

const usage: AgentUsage = {
  ...{ turns: 3, inputTokens: 100, outputTokens: 20, cachedTokens: 30, costUsd: 0.5 },
  ...{ wallMs: 1_000, outputBytes: 400 },
};

describe("a budget", () => {
  it.each<[AgentBudget, keyof AgentBudget | undefined]>([
    [{}, undefined],
    [{ turns: 3 }, undefined],
    [{ turns: 2 }, "turns"],
    [{ tokens: 151 }, undefined],
    [{ tokens: 150 }, "tokens"],
    [{ costUsd: 0.51 }, undefined],
    [{ costUsd: 0.5 }, "costUsd"],
    [{ wallMs: 1_001 }, undefined],
    [{ wallMs: 1_000 }, "wallMs"],
    [{ outputBytes: 401 }, undefined],
    [{ outputBytes: 400 }, "outputBytes"],
    [{ turns: 9, tokens: 1_000, costUsd: 9, wallMs: 9_999, outputBytes: 300 }, "outputBytes"],
  ])("%j is used up: %s", (budget, name) => {
    const found = findUsedUp(budget, usage);

    expect(found?.budget).toBe(name);
    if (found !== undefined) {
      expect(describeOverBudget(found)).toContain(`(options.budget.${found.budget})`);
    }
  });

  it("is what earlier attempts have left of it", () => {
    const spent = addUsage(usage, { turns: 1, wallMs: 5, outputBytes: 1, inputTokens: 7 });

    expect(spent).toEqual({
      ...{ turns: 4, inputTokens: 107, outputTokens: 20, cachedTokens: 30, costUsd: 0.5 },
      ...{ wallMs: 1_005, outputBytes: 401 },
    });
    expect(addUsage(nothingUsed, nothingUsed)).toEqual(nothingUsed);
    expect(leftOf({ turns: 9, costUsd: 2, tokens: 5 }, spent)).toEqual({
      ...{ turns: 5, costUsd: 1.5, tokens: 5 },
    });
    expect(leftOf({ turns: 2 }, spent)).toEqual({ turns: 1 });
  });

  it("counts a cost by prices, cached tokens by their own", () => {
    expect(costOf(usage, { input: 10, output: 100, cached: 1 })).toBeCloseTo(0.00303, 8);
    expect(costOf(usage, { input: 10, output: 100 })).toBeCloseTo(0.0033, 8);
  });
});
