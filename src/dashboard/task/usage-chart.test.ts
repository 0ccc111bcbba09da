import { describe, expect, it } from "vitest";
import { usageChart } from "./usage-chart.ts";

describe("what the worker of a task uses", () => {
  it("is no processor time until two samples were taken", () => {
    const [first, second] = [
      { at: 1, memory: 5, processes: 1 },
      { at: 2, memory: 6, processes: 1 },
    ];

    expect(processorIn([first])).toBe("–");
    expect(processorIn([first, { ...second, cpuPercent: 40.4 }])).toBe("40 %");
  });

  it("is nothing of the task's before it has begun", () => {
    const usage = [{ at: 1, memory: 5, processes: 1 }];
    const taken = { state: "running" } as Chart["task"];

    expect(usageChart({ task: taken, usage })).toBe(false);
    expect(usageChart({ task: { ...taken, startedAt: 1 }, usage })).not.toBe(false);
  });
});

type Chart = Parameters<typeof usageChart>[0];

function processorIn(usage: Chart["usage"]): string | undefined {
  const task = { state: "running", startedAt: 0 } as Chart["task"];
  return /<dt>CPU<\/dt><dd>[^<]*(?:<svg.*?<\/svg>)?\s*<span>([^<]*)/s.exec(
    String(usageChart({ task, usage })),
  )?.[1];
}
