import { describe, expect, it } from "vitest";
import { logCaps } from "../../store/task-store.ts";
import { LogBuffer } from "./log-buffer.ts";
import { LogTail } from "./log-tail.ts";

describe("a log buffer", () => {
  it("makes a line of each line of a text", () => {
    const buffer = new LogBuffer(new LogTail());

    buffer.add("one\ntwo\r\nthree\n", "stdout", 1);

    expect(buffer.take().map(({ line }) => line)).toEqual(["one", "two", "three"]);
    expect(buffer.isEmpty).toBe(true);
  });

  it("keeps an empty line", () => {
    const buffer = new LogBuffer(new LogTail());

    buffer.add("", "log", 1);

    expect(buffer.take()).toEqual([{ at: 1, stream: "log", line: "" }]);
  });

  it("lets the oldest lines go when the store does not keep up, and says how many", () => {
    const buffer = new LogBuffer(new LogTail());
    const count = 2 * logCaps.tail + 1;

    for (let line = 1; line <= count; line++) buffer.add(`line ${line}`, "log", line);
    const lines = buffer.take();

    expect(lines).toHaveLength(logCaps.tail + 1);
    expect(lines[0]?.line).toContain(`${count - logCaps.tail} lines were not kept`);
    expect(lines.at(-1)?.line).toBe(`line ${count}`);
  });

  it("cuts a line that no log keeps whole", () => {
    const buffer = new LogBuffer(new LogTail());

    buffer.add("x".repeat(1_000_000), "log", 1);

    expect(buffer.take()[0]?.line).toHaveLength(logCaps.lineLength + 1);
  });
});
