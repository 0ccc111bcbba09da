import { describe, expect, it } from "vitest";
import { LogTail } from "./log-tail.ts";

describe("the tail of a log", () => {
  it("is all of a short log", () => {
    const tail = new LogTail();

    tail.add("one");
    tail.add("");
    tail.add("zwei – drei");

    expect(tail.read()).toBe("one\n\nzwei – drei");
  });

  it("is the last 1,000 characters of a long one", () => {
    const tail = new LogTail();
    const lines = Array.from({ length: 2_000 }, (_, number) => `line ${number}`);

    for (const line of lines) tail.add(line);

    expect(tail.read()).toBe(lines.join("\n").slice(-1_000));
  });

  it("has whole characters, however many bytes they take", () => {
    const tail = new LogTail();
    const lines = Array.from({ length: 500 }, (_, number) => `${number} ${"€é😀x".repeat(9)}`);

    for (const line of lines) tail.add(line);

    expect(lines.join("\n").endsWith(tail.read())).toBe(true);
    expect(tail.read().length).toBeGreaterThan(990);
  });

  it("is the end of a line that is longer than itself", () => {
    const tail = new LogTail();

    tail.add(`${"a".repeat(5_000)}${"€".repeat(2_000)}`);

    expect(tail.read()).toBe("€".repeat(1_000));
  });

  it("can be read by who shares its memory, beside another's", () => {
    const memory = new SharedArrayBuffer(2 * LogTail.size);
    new LogTail(memory, 0).add("of the first");
    new LogTail(memory, LogTail.size).add("of the second");

    expect(new LogTail(memory, LogTail.size).read()).toBe("of the second");
    expect(new LogTail(memory, 0).read()).toBe("of the first");
  });

  it("is empty once cleared, and before anything was logged", () => {
    const tail = new LogTail();
    expect(tail.read()).toBe("");
    tail.add("one");

    tail.clear();

    expect(tail.read()).toBe("");
  });
});
