import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

const root = fileURLToPath(new URL("../../", import.meta.url));

it.runIf(existsSync(`${root}dist/index.js`))("runs the library's example as it is", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["examples/library/main.ts"], {
    cwd: root,
  });

  const [ready, ...lines] = stdout.trim().split("\n");
  expect(ready).toBe("workers are ready");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { state: "completed", result: { words: expect.any(Number) } },
    { state: "completed", result: { words: expect.any(Number) } },
    { state: "failed", failure: expect.stringContaining("missing.txt") },
    [{ workerType: "word-count", pendingTasks: 0 }],
  ]);
});
