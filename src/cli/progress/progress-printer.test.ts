import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { Terminal } from "../terminal.ts";
import { ProgressPrinter } from "./progress-printer.ts";
import type { RunProgress } from "./run-progress.ts";

const base: RunProgress = {
  ...{ total: 4, ended: 1, failed: 0, tookMs: 1_000 },
  types: [{ type: "command", workers: { starting: 0, idle: 0, busy: 2 }, queued: 1 }],
};

function begin({ isTTY = false, json = false }) {
  const out = Object.assign(new PassThrough(), { isTTY });
  const err = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  const streams = [out, err] as unknown as NodeJS.WriteStream[];
  const [stdout, stderr] = streams as [NodeJS.WriteStream, NodeJS.WriteStream];
  const terminal = new Terminal({ stdout, stderr, wishes: { noColor: true }, json });
  const said = () => [out, err].map((stream) => String(stream.read() ?? ""));
  return { printer: new ProgressPrinter(terminal), said };
}

it("draws a bar in the last line of a terminal, and takes it away at the end", () => {
  const { printer, said } = begin({ isTTY: true });

  printer.show(base);
  expect(said()).toEqual(["", expect.stringContaining("[#####---------------] 1/4")]);
  printer.close();

  expect(said()).toEqual(["", "\r\u001b[K"]);
});

it("breaks the silence of a pipe every ten seconds, with a plain line", () => {
  const { printer, said } = begin({});

  for (let tookMs = 0; tookMs < 25_000; tookMs += 1_000) printer.show({ ...base, tookMs });

  const [stdout = "", stderr = ""] = said();
  expect(stdout).toBe("");
  expect(stderr.trim().split("\n")).toEqual([
    "1/4 · command: 2 busy, 1 queued · 10s",
    "1/4 · command: 2 busy, 1 queued · 20s",
  ]);
});

it("says nothing into a pipe while something else is said", () => {
  const { printer, said } = begin({});

  for (let tookMs = 0; tookMs < 60_000; tookMs += 1_000) {
    printer.show({ ...base, tookMs });
    if (tookMs % 5_000 === 0) printer.spoke();
  }

  expect(said()).toEqual(["", ""]);
});

it("tells programs each change, and every ten seconds that there is none", () => {
  const { printer, said } = begin({ json: true });

  for (let tookMs = 0; tookMs < 25_000; tookMs += 1_000) {
    printer.show({ ...base, ended: tookMs < 3_000 ? 1 : 2, tookMs });
  }

  const [stdout = "", stderr = ""] = said();
  const events = stderr.trim().split("\n");
  expect(stdout).toBe("");
  expect(events.map((line) => JSON.parse(line))).toEqual(
    [
      [1, 0],
      [2, 3_000],
      [2, 13_000],
      [2, 23_000],
    ].map(([ended, took_ms]) => ({
      ...{ event: "progress", total: 4, ended, failed: 0, task_progress: null, took_ms },
      types: [
        {
          ...{ type: "command", queued: 1, average_ms: null },
          workers: { starting: 0, idle: 0, busy: 2 },
        },
      ],
    })),
  );
});
