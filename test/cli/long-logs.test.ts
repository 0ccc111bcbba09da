import { Writable } from "node:stream";
import { expect, it } from "vitest";
import type { CommandContext } from "../../src/cli/command.ts";
import { tasksLogs } from "../../src/cli/commands/tasks-logs.ts";
import { Terminal } from "../../src/cli/terminal.ts";
import { lineCount, openLongLog, watched } from "../support/long-log.ts";

/** Runs `clx tasks logs` here; answers with what was done, in its order. */
async function logs(values: Readonly<Record<string, string>>) {
  const { store, taskId } = await openLongLog();
  const done: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, next) {
      done.push(String(chunk).trimEnd());
      next();
    },
  }) as unknown as NodeJS.WriteStream;
  const wishes = { isDumb: true, colour: "never" } as never;
  const context = {
    terminal: new Terminal({ stdout: stream, stderr: stream, wishes, json: false }),
    openStore: async () => watched(store, () => void done.push("read")),
  } as unknown as CommandContext;
  await tasksLogs.run(context, { values, words: [taskId], rest: undefined });
  return done;
}

it("a long log is printed as it is read, however much of it there is", async () => {
  const done = await logs({});

  const printed = done.filter((one) => one !== "read");
  expect(printed).toHaveLength(lineCount);
  expect(done.indexOf(printed[0] ?? "")).toBe(1);
  expect(printed.at(-1)).toBe(`line ${lineCount - 1}`);
});

it("of a long log no more than the wanted end is read", async () => {
  const done = await logs({ tail: "2" });

  const reads = done.filter((one) => one === "read").length;
  expect(done.filter((one) => one !== "read")).toEqual(
    [lineCount - 2, lineCount - 1].map((n) => `line ${n}`),
  );
  expect(reads).toBeLessThanOrEqual(2);
});

it("of no lines none is printed", async () => {
  expect((await logs({ tail: "0" })).filter((one) => one !== "read")).toEqual([]);
});
