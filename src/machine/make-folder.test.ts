import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { makeFolder } from "./make-folder.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "clx-folder-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

describe("making a folder", () => {
  it("makes those above it too, and takes those that are there, links as well", async () => {
    symlinkSync(folder, join(folder, "link"));

    await Promise.all(["a/b/c", "a/b/d", "link/a/e"].map((path) => makeFolder(join(folder, path))));
    await makeFolder(join(folder, "a/b"));

    for (const path of ["a/b/c", "a/b/d", "a/e"]) {
      expect(statSync(join(folder, path)).isDirectory()).toBe(true);
    }
  });

  it("says that a file is in its way", async () => {
    writeFileSync(join(folder, "file"), "");

    await expect(makeFolder(join(folder, "file"))).rejects.toMatchObject({ code: "EEXIST" });
    await expect(makeFolder(join(folder, "file/a/b"))).rejects.toMatchObject({ code: "ENOTDIR" });
  });

  it.runIf(existsSync("/proc/self"))("ends where no folder can be made", async () => {
    await expect(makeFolder("/proc/clx/a/b")).rejects.toMatchObject({ path: "/proc/clx" });
  });
});
