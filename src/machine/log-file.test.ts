import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newFolder } from "../../test/support/direct-workers.ts";
import { rotateWhenLarge, tailOf } from "./log-file.ts";

const rule = { maxBytes: 100, backups: 3 };

describe("rotating a log", () => {
  it("leaves a small log alone, and one that is not there", () => {
    const path = join(newFolder(), "worker_x.log");
    expect(rotateWhenLarge(path, rule)).toBe(false);
    writeFileSync(path, "a".repeat(99));

    expect(rotateWhenLarge(path, rule)).toBe(false);

    expect(existsSync(`${path}.1`)).toBe(false);
  });

  it("keeps the last three of what was there, and no more", () => {
    const path = join(newFolder(), "worker_x.log");
    for (const letter of ["a", "b", "c", "d", "e"]) {
      writeFileSync(path, letter.repeat(100));
      rotateWhenLarge(path, rule);
    }

    const firstLetters = [1, 2, 3].map((n) => readFileSync(`${path}.${n}`, "utf8").at(0));

    expect(firstLetters).toEqual(["e", "d", "c"]);
    expect(existsSync(`${path}.4`)).toBe(false);
    expect(statSync(path).size).toBe(0);
  });

  it("is followed by those who hold the log open for appending", async () => {
    const path = join(newFolder(), "worker_x.log");
    writeFileSync(path, "a".repeat(100));
    const script = 'exec >> "$0"; read go; echo after';
    const writer = spawn("sh", ["-c", script, path], { stdio: ["pipe", "ignore", "inherit"] });
    const exit = once(writer, "exit");

    rotateWhenLarge(path, rule);
    writer.stdin.end("go\n");
    await exit;

    expect(readFileSync(path, "utf8")).toBe("after\n");
  });
});

describe("the tail of a log", () => {
  it("is empty without a log", () => {
    expect(tailOf(join(newFolder(), "none.log"))).toBe("");
  });

  it("is the whole of a short log", () => {
    expect(tailOf(fileWith("one\ntwo\n"), 100)).toBe("one\ntwo");
  });

  it("holds whole lines only", () => {
    const path = fileWith("the first line\nthe second\nthe third\n");

    expect(tailOf(path, 22)).toBe("the second\nthe third".slice(-22));
    expect(tailOf(path, 20)).toBe("the second\nthe third");
    expect(tailOf(path, 19)).toBe("the third");
  });

  it("holds the end of a line that is too long", () => {
    expect(tailOf(fileWith(`${"a".repeat(5_000)}end\n`), 10)).toBe("aaaaaaaend");
  });

  it("counts characters, not bytes, and cuts none in two", () => {
    const path = fileWith("ä€😀\n".repeat(1_000));

    const tail = tailOf(path, 100);

    expect(tail.length).toBeLessThanOrEqual(100);
    expect(tail.split("\n").every((line) => line === "ä€😀")).toBe(true);
  });
});

function fileWith(text: string): string {
  const path = join(newFolder(), "some.log");
  appendFileSync(path, text);
  return path;
}
