import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe.runIf(existsSync(join(root, "dist/cli/main.js")))("the built clx", () => {
  forbidProcessLeaks();

  it("submits, supervises and shows, from its own files alone", () => {
    const folder = mkdtempSync(join(tmpdir(), "clx-bin-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const clx = (...args: string[]) =>
      execFileSync(process.execPath, [join(root, "bin/clx.js"), ...args], {
        cwd: folder,
        encoding: "utf8",
      }).trim();

    const id = clx("submit", "command", "--", "echo", "hello");
    const said = clx("supervise", "--type", "command", "--until-empty", "--force");

    expect(said).toContain(`task_completed ${id}`);
    expect(clx("tasks", "logs", id)).toBe("hello");
    expect(clx("--version")).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
