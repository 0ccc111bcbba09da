import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { printPlainLog } from "../../src/monitor/plain-log.ts";
import { Reader } from "../../src/monitor/reader.ts";
import { lineCount, openLongLog, watched } from "../support/long-log.ts";

it("a long log is opened at its end, and followed from there", async () => {
  const { store, taskId, report } = await openLongLog();
  let reads = 0;
  const reader = new Reader({
    store: watched(store, () => reads++),
    readOverview: () => Promise.reject(new Error("nobody asks")),
    explainWait: async () => undefined,
  });

  const opened = await reader.readStory({
    ...{ kind: "task", id: taskId, isLogOnly: false },
  });
  const readsToOpen = reads;
  await report(lineCount, 3);
  const later = opened && (await reader.readStory(opened));

  const logOf = (story: typeof opened) =>
    (story?.kind === "task" ? story.story?.log : undefined)?.map(({ line }) => line) ?? [];
  expect(logOf(opened)).toHaveLength(6_000);
  expect(logOf(opened).at(-1)).toBe(`line ${lineCount - 1}`);
  expect(readsToOpen).toBeLessThanOrEqual(2);
  expect(logOf(later).slice(-4)).toEqual([-1, 0, 1, 2].map((place) => `line ${lineCount + place}`));
});

it("the printing of a long log can be stopped in the middle", async () => {
  const { store, taskId } = await openLongLog();
  const stop = new AbortController();
  let written = 0;
  const output = new Writable({
    write(_chunk, _encoding, done) {
      written++;
      if (written === 2) setImmediate(() => stop.abort()); // as a key that is pressed
      done();
    },
  });

  await printPlainLog({
    ...{ store, taskId, stop: stop.signal },
    output: output as unknown as NodeJS.WriteStream,
  });

  expect(written).toBeLessThan(lineCount);
});
