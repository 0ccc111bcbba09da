import { once } from "node:events";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { StopReason } from "../worker/handler.ts";
import { runTool, withOwnFolder } from "./run-tool.ts";

const never = new AbortController().signal;

describe("running a tool", () => {
  it("feeds it, and returns what it said and how it ended", async () => {
    const ending = await run("cat; echo wrong >&2; exit 3", { stdin: "hello\n" });

    expect(ending).toMatchObject({ code: 3, killedBy: null, stderr: "wrong\n" });
    expect(ending.stdout.toString()).toBe("hello\n");
  });

  it("says that a program is not there", async () => {
    await expect(
      runTool({ program: "/no/such/tool", args: [], env: {}, signal: never }),
    ).rejects.toMatchObject({ kind: "not_started", message: /\/no\/such\/tool .*not there/ });
  });

  it("ends it and its children when it is told to stop", async () => {
    const stop = new AbortController();
    const reason = new StopReason("timed_out", "too long", 500);
    await withOwnFolder(async (folder) => {
      const running = run(`sleep 600 & echo $! > ${folder}/child; wait`, { signal: stop.signal });
      const ended = running.catch((error: unknown) => error);
      while (!existsSync(`${folder}/child`)) await once(AbortSignal.timeout(10), "abort");
      stop.abort(reason);

      expect(await ended).toBe(reason);
    });
  });

  it("ends children that it leaves behind", async () => {
    const ending = await run("sleep 600 & exit 0");

    expect(ending.code).toBe(0);
  });

  it("removes the folder of a run, whatever becomes of it", async () => {
    let used = "";

    const failing = withOwnFolder(async (folder) => {
      used = folder;
      throw new Error("no");
    });

    await expect(failing).rejects.toThrow("no");
    expect(existsSync(used)).toBe(false);
  });
});

function run(
  script: string,
  more: { readonly stdin?: string; readonly signal?: AbortSignal } = {},
) {
  return runTool({ program: "sh", args: ["-c", script], env: process.env, signal: never, ...more });
}
