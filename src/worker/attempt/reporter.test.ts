import { describe, expect, it } from "vitest";
import type { Standing } from "../../store/task-store.ts";
import { LogTail } from "./log-tail.ts";
import { type Report, Reporter } from "./reporter.ts";

function newReporter(answer: () => Promise<Standing> | Standing = () => "accepted") {
  const sent: Report[] = [];
  let superseded = 0;
  const reporter = new Reporter({
    send: async (report) => {
      sent.push(report);
      return answer();
    },
    onSuperseded: () => superseded++,
    now: () => 1,
    logTail: new LogTail(),
  });
  return { reporter, sent, superseded: () => superseded };
}

describe("a reporter", () => {
  it("hands over the lines that were not sent yet", async () => {
    const { reporter, sent } = newReporter();
    reporter.log("one");
    reporter.log("two", "stderr");

    const lines = await reporter.finish();

    expect(sent).toEqual([]);
    expect(lines.map(({ line, stream }) => [line, stream])).toEqual([
      ["one", "log"],
      ["two", "stderr"],
    ]);
  });

  it("sends the last progress before the end, with its lines", async () => {
    const { reporter, sent } = newReporter();
    reporter.progress({ fraction: 0.5, message: "half" });
    reporter.progress({ fraction: 7 });
    reporter.log("nearly");

    expect(await reporter.finish()).toEqual([]);
    expect(sent).toMatchObject([
      { progress: { fraction: 1, message: "half", at: 1 }, logs: [{ line: "nearly" }] },
    ]);
  });

  it("saves a checkpoint after what was told before it", async () => {
    const { reporter, sent } = newReporter();
    reporter.log("before");

    await reporter.saveCheckpoint({ step: 1 });

    expect(sent).toMatchObject([{ logs: [{ line: "before" }], checkpoint: { step: 1 } }]);
  });

  it("refuses a checkpoint of a superseded attempt, and is silent from then on", async () => {
    const { reporter, sent, superseded } = newReporter(() => "superseded");

    await expect(reporter.saveCheckpoint(1)).rejects.toThrow("superseded");
    reporter.log("too late");

    expect(await reporter.finish()).toEqual([]);
    expect(sent).toHaveLength(1);
    expect(superseded()).toBe(1);
  });

  it("never has two reports under way", async () => {
    let underWay = 0;
    let most = 0;
    const { reporter } = newReporter(async (): Promise<Standing> => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      return "accepted";
    });

    await Promise.all([1, 2, 3].map((value) => reporter.saveCheckpoint(value)));

    expect(most).toBe(1);
  });

  it("leaves out data that JSON cannot carry, and says so in the log", async () => {
    const { reporter, sent } = newReporter();
    const ring: { self?: unknown } = {};
    ring.self = ring;

    reporter.progress({ fraction: 0.1, data: ring as never });
    await reporter.finish();

    expect(sent[0]?.progress).toEqual({ fraction: 0.1, at: 1 });
    expect(sent[0]?.logs?.[0]?.line).toContain("progress data cannot be written as JSON");
  });
});
