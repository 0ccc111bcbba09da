import { realpathSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { forbidProcessLeaks } from "../../../test/support/process-leaks.ts";
import { RecordingContext } from "../../../test/support/recording-context.ts";
import { identify } from "../../machine/process-identity.ts";
import { StopReason, TaskError } from "../../worker/handler.ts";
import type { CommandPayload } from "./command-payload.ts";
import command from "./command-worker.ts";

forbidProcessLeaks();

const contexts: RecordingContext[] = [];
let runs = 0;

afterEach(async () => {
  for (const ctx of contexts.splice(0)) await ctx.remove();
});

function run(payload: Partial<CommandPayload>, attempt = 1, ctx = new RecordingContext()) {
  contexts.push(ctx);
  const task = {
    id: `task${process.pid}run${++runs}`,
    type: "command",
    attempt,
    payload: { argv: ["true"] as const, ...payload },
  };
  const ended = command.handle(task, ctx);
  return {
    ctx,
    task,
    ended,
    failure: ended.then(
      () => undefined,
      (error: unknown) => error,
    ),
  };
}

function shell(script: string, more: Partial<CommandPayload> = {}) {
  return run({ argv: ["sh", "-c", script], ...more });
}

function program(name: string, ...args: string[]): [string, ...string[]] {
  const folder = new URL("../../../test/programs/commands/", import.meta.url);
  return [process.execPath, fileURLToPath(new URL(name, folder)), ...args];
}

function stopReason(graceMs = 5_000) {
  return new StopReason("cancelled", "somebody cancelled it", graceMs);
}

describe("a command that ends well", () => {
  it("completes with its exit code when it gives no result", async () => {
    await expect(shell("exit 0").ended).resolves.toEqual({ exitCode: 0 });
  });

  it("logs both of its streams line by line, the last unended line too", async () => {
    const { ctx, ended } = shell("echo one; echo two >&2; printf three");

    await ended;

    expect(ctx.lines).toHaveLength(3);
    expect(ctx.lines).toEqual(
      expect.arrayContaining([
        { line: "one", stream: "stdout" },
        { line: "two", stream: "stderr" },
        { line: "three", stream: "stdout" },
      ]),
    );
  });

  it("runs in the folder it was given, without a shell, with the input it was given", async () => {
    const cwd = realpathSync(tmpdir());

    const inFolder = run({ argv: ["pwd"], cwd });
    const plain = run({ argv: ["echo", "$HOME", "*"] });
    const fed = run({ argv: ["cat"], stdin: "grüße\nan alle\n" });
    const starved = run({ argv: ["cat"] });
    await Promise.all([inFolder.ended, plain.ended, fed.ended, starved.ended]);

    expect(inFolder.ctx.text).toBe(cwd);
    expect(plain.ctx.text).toBe("$HOME *");
    expect(fed.ctx.text).toBe("grüße\nan alle");
    expect(starved.ctx.text).toBe("");
  });

  it("does not mind input that is not read", async () => {
    const { ended } = run({ argv: ["true"], stdin: "x".repeat(1_000_000) });

    await expect(ended).resolves.toEqual({ exitCode: 0 });
  });

  it("gets the worker's environment, its own on top, and what it must know of its task", async () => {
    const { ctx, task, ended } = run({ argv: ["env"], env: { MODEL: "a=b", CLX_ATTEMPT: "9" } }, 3);

    await ended;

    const folder = await ctx.checkpoint.folder();
    expect(ctx.text.split("\n")).toEqual(
      expect.arrayContaining([
        `PATH=${process.env.PATH}`,
        "MODEL=a=b",
        `CLX_TASK_ID=${task.id}`,
        "CLX_ATTEMPT=3",
        `CLX_CHECKPOINT_DIR=${folder}`,
        "CLX_PROGRESS_FD=3",
        `CLX_TASK_MARK=${task.id}.3`,
      ]),
    );
  });

  it("gets nothing of the worker's environment when it shall not", async () => {
    const { ctx, ended } = run({ argv: ["/usr/bin/env"], inheritEnv: false, env: { A: "1" } });

    await ended;

    const names = ctx.lines.map(({ line }) => line.split("=")[0]);
    expect(names.filter((name) => !name?.startsWith("CLX_"))).toEqual(["A"]);
  });
});

describe("a command that reports on file descriptor 3", () => {
  it("has its progress passed on and its last result taken", async () => {
    const { ctx, ended } = shell(`
      echo '{"progress": 0.25, "message": "warming up", "data": {"step": 1}}' >&3
      echo '{"message": "cooking"}' >&3
      echo '{"result": {"answer": 41}}' >&3
      echo '{"progress": 1, "result": {"answer": 42}}' >&3`);

    await expect(ended).resolves.toEqual({ answer: 42 });
    expect(ctx.updates).toEqual([
      { fraction: 0.25, message: "warming up", data: { step: 1 } },
      { message: "cooking" },
      { fraction: 1 },
    ]);
  });

  it("may give null as its result", async () => {
    await expect(shell(`echo '{"result": null}' >&3`).ended).resolves.toBeNull();
  });

  it.each([
    ["half a line", `{"progress": 0.5`, /is no JSON object: {"progress": 0.5$/],
    ["a list", "[1]", /is no JSON object/],
    ["too much progress", `{"progress": 40}`, /has a progress that is no number from 0 to 1/],
    ["a message that is none", `{"message": 7}`, /has a message that is no string/],
    ["something else", `{"percent": 40}`, /has none of "progress", "message", "data" and "result"/],
  ])("is warned of %s, and goes on", async (_what, line, warning) => {
    const { ctx, ended } = shell(`echo '${line}' >&3; echo '{"result": "still here"}' >&3`);

    await expect(ended).resolves.toBe("still here");
    expect(ctx.updates).toEqual([]);
    expect(ctx.lines).toEqual([{ stream: "log", line: expect.stringMatching(warning) }]);
  });

  it("is told when its result is too large to be kept", async () => {
    const { failure } = shell(`printf '{"result": "%02200000d"}\\n' 0 >&3`);

    expect(await failure).toMatchObject({ kind: "user_error", message: /larger than 1 MiB/ });
  });
});

describe("a command that fails", () => {
  it("fails with its exit code", async () => {
    const { failure } = shell("exit 3");

    const error = (await failure) as TaskError;

    expect(error).toBeInstanceOf(TaskError);
    expect(error.kind).toBe("exit_code");
    expect(error.message).toBe('"sh" ended with exit code 3; see the end of its log');
    expect(error.facts).toEqual({ exitCode: 3 });
  });

  it("fails by the signal that ended it", async () => {
    const error = await shell("kill -SEGV $$").failure;

    expect(error).toMatchObject({
      kind: "signal",
      message: expect.stringContaining("was ended by SIGSEGV"),
      facts: { signal: "SIGSEGV" },
    });
  });

  it("is not taken for out of memory when somebody killed it", async () => {
    expect(await shell("kill -KILL $$").failure).toMatchObject({ kind: "signal" });
  });

  it("fails as out of memory when its heap is exhausted", async () => {
    const [node, script] = program("exhaust-heap.js");
    const { failure } = run({ argv: [node, "--max-old-space-size=30", String(script)] });

    const error = (await failure) as TaskError;

    expect(error).toMatchObject({ kind: "out_of_memory", facts: { signal: "SIGABRT" } });
    expect(error.facts.peakMemory).toBeGreaterThan(20 * 2 ** 20);
  });

  it("fails by its exit code when a language reports want of memory itself", async () => {
    const { failure } = shell("echo MemoryError >&2; exit 1");

    expect(await failure).toMatchObject({ kind: "exit_code" });
  });
});

describe("a command that cannot be started", () => {
  it.each<[string, Partial<CommandPayload>, RegExp]>([
    ["no such program", { argv: ["no-such-program"] }, /it is not on the PATH; install it or give/],
    ["no such file", { argv: ["/no/such/file"] }, /there is no such file, or the interpreter in/],
    ["a folder", { argv: [tmpdir()] }, /it is not executable, .* "chmod \+x" makes it so/],
    [
      "no such cwd",
      { cwd: "/no/such/folder" },
      /its cwd \/no\/such\/folder is no folder; create it/,
    ],
    ["a file as cwd", { cwd: "/etc/passwd" }, /its cwd \/etc\/passwd is no folder/],
    ["a path through a file", { argv: ["/etc/passwd/x"] }, /a part of its path is a file/],
    [
      "too long a list",
      { argv: ["true", "x".repeat(3_000_000)] },
      /arguments and environment are too/,
    ],
  ])("says why: %s", async (_what, payload, message) => {
    const error = await run(payload).failure;

    expect(error).toMatchObject({
      kind: "not_started",
      message: expect.stringMatching(message),
    });
  });

  it("says why: a missing interpreter", async () => {
    const ctx = new RecordingContext();
    const script = join(await ctx.checkpoint.folder(), "script");
    await writeFile(script, "#!/no/such/interpreter\n", { mode: 0o755 });

    const { failure } = run({ argv: [script] }, 1, ctx);

    expect(await failure).toMatchObject({ message: expect.stringContaining("the interpreter") });
  });
});

describe("a command that writes much", () => {
  it("has its endless line cut", async () => {
    const { ctx, ended } = run({ argv: program("flood.js", "20000000") });

    await ended;

    const [line = ""] = ctx.lines.filter(({ stream }) => stream === "stdout").map((l) => l.line);
    expect(line).toBe(`${"x".repeat(4_096)}… (19995904 more characters)`);
  });

  it("may write what is no text", async () => {
    const { ctx, ended } = run({ argv: program("flood.js", "100000", "binary") });

    await ended;

    expect(ctx.text).toMatch(/^�{4096}… \(95904 more characters\)$/m);
  });

  it("has its characters whole, wherever the pieces break", async () => {
    const { ctx, ended } = shell("printf '\\303'; sleep 0.05; printf '\\244\\n'");

    await ended;

    expect(ctx.text).toBe("ä");
  });

  it("waits at its own writes while the log is behind", async () => {
    const ctx = new RecordingContext();
    const room = Promise.withResolvers<void>();
    ctx.room = room.promise;
    const { ended } = run({ argv: ["sh", "-c", "yes | head -c 2000000; echo done >&2"] }, 1, ctx);

    await ctx.heard(/^y$/);
    const before = await settledLength(ctx);
    room.resolve();
    await ended;

    expect(before).toBeLessThan(500_000);
    expect(ctx.lines).toHaveLength(1_000_001);
  });
});

describe("a command that leaves something running", () => {
  it("has its children ended with it", async () => {
    const { ctx, ended } = run({ argv: program("leave-child-behind.js") });

    await expect(ended).resolves.toEqual({ exitCode: 0 });

    const [, pid] = await ctx.heard(/^left (\d+)/);
    expect(identify(Number(pid))).toBeUndefined();
    expect(ctx.text).toContain("processes that the program had left running were ended: 1");
  });

  it("ends although somebody who hides holds its output open", async () => {
    const { ctx, ended } = run({ argv: program("leave-child-behind.js", "hidden") });

    await expect(ended).resolves.toEqual({ exitCode: 0 });

    const [, pid] = await ctx.heard(/^left (\d+)/);
    if (identify(Number(pid)) !== undefined) process.kill(Number(pid), "SIGKILL");
  });
});

describe("a command that is stopped", () => {
  it("throws the reason, and says nothing else, when its program leaves politely", async () => {
    const { ctx, failure } = shell(`trap 'echo saved; exit 0' TERM
      echo ready; while :; do sleep 0.02; done`);
    await ctx.heard(/ready/);
    const reason = stopReason();

    ctx.stop(reason);

    expect(await failure).toBe(reason);
    expect(ctx.text).toContain("saved");
  });

  it("has its whole tree killed, however its members hide and whatever they ignore", async () => {
    const { ctx, failure } = run({
      argv: program("ignore-sigterm-with-family.js"),
      killGraceMs: 100,
    });
    const [, list = ""] = await ctx.heard(/^pids (.*)/);
    const pids = list.split(" ").map(Number);
    const reason = stopReason();

    ctx.stop(reason);

    expect(await failure).toBe(reason);
    expect(pids).toHaveLength(4);
    expect(pids.filter((pid) => identify(pid) !== undefined)).toEqual([]);
  });

  it("ends within the grace of the reason, although its own is longer", async () => {
    const { ctx, failure } = shell("trap '' TERM; echo ready; while :; do sleep 0.02; done", {
      killGraceMs: 60_000,
    });
    await ctx.heard(/ready/);
    const before = performance.now();

    ctx.stop(stopReason(500));
    await failure;

    expect(performance.now() - before).toBeLessThan(20_000);
  });

  it("is not started when it was stopped before", async () => {
    const ctx = new RecordingContext();
    const reason = stopReason();
    ctx.stop(reason);

    const { failure } = run({ argv: ["echo", "never"] }, 1, ctx);

    expect(await failure).toBe(reason);
    expect(ctx.lines).toEqual([]);
  });

  it("ends although its log takes no more", async () => {
    const ctx = new RecordingContext();
    ctx.room = new Promise(() => {});
    const { failure } = run({ argv: ["yes"], killGraceMs: 100 }, 1, ctx);
    await ctx.heard(/^y$/);
    const reason = stopReason();

    ctx.stop(reason);

    expect(await failure).toBe(reason);
  });
});

/** The number of lines once it grows no more. */
async function settledLength(ctx: RecordingContext): Promise<number> {
  for (let length = -1; ; ) {
    if (length === ctx.lines.length) return length;
    length = ctx.lines.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
