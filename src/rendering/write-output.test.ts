import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { writeOutput } from "./write-output.ts";

describe("writing an output", () => {
  it("makes its folders, and leaves nothing beside it", async () => {
    const folder = folderOfTest();

    const written = await writeOutput(join(folder, "ä b/c.svg"), "<svg/>", "task-1");

    expect(written).toMatchObject({ bytes: 6, changed: true });
    expect(readFileSync(join(folder, "ä b/c.svg"), "utf8")).toBe("<svg/>");
    expect(readdirSync(join(folder, "ä b"))).toEqual(["c.svg"]);
  });

  it("leaves a file alone that has the same bytes", async () => {
    const path = join(folderOfTest(), "c.svg");
    writeFileSync(path, "<svg/>");
    const before = statSync(path, { bigint: true });

    const written = await writeOutput(path, "<svg/>", "task-1");

    expect(written.changed).toBe(false);
    expect(statSync(path, { bigint: true })).toMatchObject({
      ...{ mtimeNs: before.mtimeNs, ino: before.ino },
    });
  });

  it("replaces a file by another, never writes into it", async () => {
    const path = join(folderOfTest(), "c.svg");
    writeFileSync(path, "old");
    const before = statSync(path).ino;

    await writeOutput(path, "new", "task-1");

    expect(readFileSync(path, "utf8")).toBe("new");
    expect(statSync(path).ino).not.toBe(before);
  });

  it("says why a file can never be written", async () => {
    const folder = folderOfTest();
    writeFileSync(join(folder, "file"), "");

    await expect(writeOutput(join(folder, "file/c.svg"), "x", "task-1")).rejects.toMatchObject({
      kind: "user_error",
      message: expect.stringContaining("a part of its path is a file"),
    });
    await expect(writeOutput(folder, "x", "task-1")).rejects.toMatchObject({
      kind: "user_error",
      message: `the file ${folder} cannot be written: it is a folder`,
    });
    expect(readdirSync(folder)).toEqual(["file"]);
  });
});

function folderOfTest(): string {
  const folder = mkdtempSync(join(tmpdir(), "clx-output-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
