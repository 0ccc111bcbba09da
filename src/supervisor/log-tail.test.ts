import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newFolder } from "../../test/support/direct-workers.ts";
import { readLogTail } from "./log-tail.ts";

function logOf(text: string): string {
  const path = join(newFolder(), "worker.log");
  writeFileSync(path, text);
  return path;
}

describe("readLogTail", () => {
  it("reads the whole of a short log", async () => {
    expect(await readLogTail(logOf("one\ntwo\n"))).toBe("one\ntwo");
  });

  it("reads the last 1,000 characters of a long one, whatever their size in bytes", async () => {
    const tail = await readLogTail(logOf(`${"x".repeat(50_000)}${"ü".repeat(999)}!`));

    expect(tail).toBe(`${"ü".repeat(999)}!`);
  });

  it.each([
    ["a log that is missing", "/no/such/log"],
    ["no log at all", undefined],
  ])("is empty for %s", async (_, path) => {
    expect(await readLogTail(path)).toBe("");
  });
});
