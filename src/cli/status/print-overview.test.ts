import { PassThrough } from "node:stream";
import { expect, it, onTestFinished } from "vitest";
import { openSqliteSite } from "../../../test/support/store-site.ts";
import type { MachineFacts } from "../../machine/memory.ts";
import type { Overview } from "../../overview/overview.ts";
import { readOverview } from "../../overview/read-overview.ts";
import { Stage } from "../../store/conformance/stage.ts";
import { widthOf } from "../present/width.ts";
import { Terminal } from "../terminal.ts";
import { printOverview } from "./print-overview.ts";

const gib = 1024 ** 3;

it.each([40, 60, 80, 200])("fits into %i columns", async (columns) => {
  const lines = printed(await busyOverview(), columns);

  // Paths and ids are never cut, so that they can be copied.
  const tooLong = lines.filter((line) => widthOf(line) > columns && line.trim().includes(" "));
  expect(tooLong.filter((line) => !line.startsWith("database "))).toEqual([]);
  expect(lines.join("\n")).toContain("日本");
});

it("cuts nothing in a pipe, and keeps each record on one line", async () => {
  const lines = printed(await busyOverview(), undefined);

  expect(lines.join("\n")).toContain("x".repeat(100));
  expect(lines.filter((line) => line.includes("No live worker takes"))).toHaveLength(1);
});

it("tells each reason before it tells one twice", async () => {
  const { stage, look } = await begin();
  for (let n = 0; n < 8; n++) await stage.submit();
  await stage.submit({ type: "notebook" });

  const lines = printed(await look(), 80, 2);

  const told = lines.filter((line) => /^[a-z\d]{20} No live/.test(line));
  expect(told.map((line) => /(\w+) tasks/.exec(line)?.[1])).toEqual(["echo", "notebook"]);
  expect(lines).toContain("… and 7 more: clx tasks list --status pending,blocked");
});

async function busyOverview(): Promise<Overview> {
  const { stage, look } = await begin();
  const running = await stage.runningTask({ payload: { text: `日本語 ${"x".repeat(100)}` } });
  await stage.store.report({
    workerId: running.workerId ?? "",
    taskId: running.id,
    attempt: 1,
    now: stage.now,
    progress: { fraction: 0.5, message: "日本 halfway through a long message", at: stage.now },
  });
  await stage.submit({ after: [running.id] });
  await stage.submit({ type: "a-type-with-a-rather-long-name" });
  await stage.fail(await stage.runningTask({ type: "notebook" }), "out_of_memory");
  return await look();
}

async function begin() {
  const site = await openSqliteSite({ synchronous: "off" });
  onTestFinished(() => site.close());
  const stage = new Stage(site);
  const facts: MachineFacts = {
    ...{ memoryTotal: 16 * gib, memoryAvailable: 12 * gib, physicalCores: 8 },
    ...{ platform: "linux", pressure: "normal", oomKills: 0 },
  };
  const machine = { facts, host: "here", isAlive: () => true };
  return { stage, look: () => readOverview(stage.store, machine, stage.now) };
}

function printed(overview: Overview, columns: number | undefined, limit = 10): string[] {
  const stream = new PassThrough();
  if (columns !== undefined) Object.assign(stream, { isTTY: true, columns });
  const stdout = stream as unknown as NodeJS.WriteStream;
  const terminal = new Terminal({ stdout, stderr: stdout, wishes: { noColor: true }, json: false });
  printOverview(terminal, { overview, cwd: "/", limit });
  return String(stream.read()).trimEnd().split("\n");
}
