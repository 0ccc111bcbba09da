import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ServerSite } from "../support/server.ts";

const page = readFileSync(new URL("../../docs/worker-api.md", import.meta.url), "utf8");

function hasPython(): boolean {
  try {
    execFileSync("python3", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

it.runIf(hasPython())(
  "the worker of the document does tasks, and leaves when drained",
  async () => {
    const site = new ServerSite();
    const served = await site.serve("standalone");
    const key = await site.ok("keys", "create", "farm", "--role", "operator");
    const program = join(site.folder, "worker.py");
    writeFileSync(program, /```python\n(.*?)```/s.exec(page)?.[1] ?? "");
    const env = { ...process.env, CLX_KEY: key };
    const child = spawn("python3", [program, served.url], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = once(child, "exit");
    onTestFinished(() => {
      child.kill("SIGKILL");
    });

    const results: unknown[] = [];
    for (const word of ["one", "two"]) {
      const response = await served.fetch("/api/tasks", {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}` },
        body: JSON.stringify({ type: "shout", payload: word, allowUnknownType: true }),
      });
      const { taskId } = (await response.json()) as { readonly taskId: string };
      results.push((await site.untilEnded(taskId)).result);
    }
    const [worker] = await site.workers();
    await (await site.store()).changeWorker({
      ...{ workerId: worker?.id ?? "", event: "drain", now: Date.now() },
    });
    const [code] = await ended;

    expect(results).toEqual(["ONE", "TWO"]);
    expect(code).toBe(0);
    await expect(site.workers()).resolves.toEqual([]);
  },
);
