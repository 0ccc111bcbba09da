import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { WorkerStage } from "../support/worker-stage.ts";

forbidProcessLeaks();

const root = fileURLToPath(new URL("../..", import.meta.url));

it("works as one file for the process and one for its pulse, beside the handler's own copies", async () => {
  const stage = await WorkerStage.open();
  execFileSync(process.execPath, ["scripts/bundle-workers.ts", stage.folder], { cwd: root });
  const entry = join(stage.folder, "worker", "main.js");
  const retry = { maxAttempts: 1, on: "any", backoffMs: 1, maxBackoffMs: 1 } as const;
  const worker = stage.spawn(await stage.register(), entry);

  const answered = await stage.run({ act: "answer", value: 1 });
  const refused = await stage.run({ act: "throwTaskError", kind: "user_error" });
  const blocked = await stage.run({ act: "block" }, { timeoutMs: 1_000, retry });

  expect(answered).toMatchObject({ state: "completed", result: 1 });
  expect(refused.failure).toMatchObject({ kind: "user_error", exitCode: 7 });
  expect(blocked.failure).toMatchObject({ kind: "timed_out", logTail: "blocks from now on" });
  expect((await worker.ended).signal).toBe("SIGKILL");
});
