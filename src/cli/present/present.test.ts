import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { size } from "../../domain/size-words.ts";
import { span } from "../../domain/time-words.ts";
import { cleaned, Terminal } from "../terminal.ts";
import { eventWords } from "./event-line.ts";
import { printTable } from "./table.ts";
import { age } from "./time.ts";
import { shorten, widthOf } from "./width.ts";

it.each([
  [0, "0s"],
  [-5_000, "0s"],
  [59_999, "59s"],
  [60_000, "1m"],
  [7_200_000, "2h"],
  [172_800_000, "2d"],
])("says an age of %i ms as %s", (ms, words) => {
  expect(age(0, ms)).toBe(words);
});

it.each([
  [450, "450ms"],
  [999.6, "1s"],
  [2_349, "2.3s"],
  [59_990, "59.9s"],
  [4_000, "4s"],
  [250_000, "4m 10s"],
  [36_000_000, "10h"],
  [11_100_000, "3h 5m"],
  [187_200_000, "2d 4h"],
])("says a span of %d ms as %s", (ms, words) => {
  expect(span(ms)).toBe(words);
});

it.each([
  [0, "0 B"],
  [1_023, "1023 B"],
  [1_536, "1.5 KiB"],
  [536_870_912, "512 MiB"],
  [8_589_934_592, "8 GiB"],
])("says %i bytes as %s", (bytes, words) => {
  expect(size(bytes)).toBe(words);
});

it("counts the columns of wide characters", () => {
  expect(widthOf("日本 ok 🎉")).toBe(10);
  expect(shorten("日本語の名前", 7)).toBe("日本語…");
});

it("leaves out the middle of a name that is too long", () => {
  expect(shorten("direct-notebook-12-abcdef01", 16, "middle")).toBe("direct-n…bcdef01");
});

it("takes everything from a text that could move the cursor", () => {
  expect(cleaned("a\u001b[2Jb\u0007c\rd\u001b]0;title\u0007e\tf")).toBe("abcde\tf");
});

it("fits a table into the terminal, and cuts nothing in a pipe", async () => {
  const row = { id: "a-rather-long-name-of-something", what: "x".repeat(100) };

  const narrow = printed(row, 40);
  const piped = printed(row, undefined);

  expect(narrow.every((line) => widthOf(line) <= 40)).toBe(true);
  expect(narrow[1]).toBe(`a-rather-long-…e-of-something ${"x".repeat(9)}…`);
  expect(piped[1]).toBe(`${row.id} ${row.what}`);
});

it("paints on a terminal only, and only if colours are wanted", () => {
  const terminal = (isTTY: boolean, noColor: boolean) => {
    const stdout = Object.assign(new PassThrough(), { isTTY }) as unknown as NodeJS.WriteStream;
    return new Terminal({ stdout, stderr: stdout, wishes: { noColor }, json: false });
  };

  expect(terminal(true, false).paint("failed", "red")).toBe("\u001b[31mfailed\u001b[0m");
  expect(terminal(true, true).paint("failed", "red")).toBe("failed");
  expect(terminal(false, false).paint("failed", "red")).toBe("failed");
});

function printed(row: { id: string; what: string }, columns: number | undefined): string[] {
  const stream = new PassThrough() as PassThrough & { isTTY?: boolean; columns?: number };
  if (columns !== undefined) Object.assign(stream, { isTTY: true, columns });
  const stdout = stream as unknown as NodeJS.WriteStream;
  const wishes = { noColor: true };
  const terminal = new Terminal({ stdout, stderr: stdout, wishes, json: false });
  const shape = [
    { header: "ID", value: (one: typeof row) => one.id, shrinkTo: 15, cut: "middle" as const },
    { header: "WHAT", value: (one: typeof row) => one.what, shrinkTo: 10 },
  ];
  printTable(terminal, shape, [row]);
  return String(stream.read()).trimEnd().split("\n");
}

it("says of a task that was given back before it began that it was", () => {
  const event = { type: "task_released", at: 0, taskId: "t", workerId: "w" } as const;

  expect(eventWords({ ...event, data: { attempt: 1, begun: false } })).toBe(
    "task_released t w (before it began)",
  );
  expect(eventWords({ ...event, data: { attempt: 1 } })).toBe("task_released t w");
});
