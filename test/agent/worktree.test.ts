import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { agentPayloadSchema } from "../../src/agent/agent-schema.ts";
import type { AgentPayload, AgentResult, AgentResume } from "../../src/agent/agent-task.ts";
import { continuationOf } from "../../src/agent/continue-task.ts";
import type { Task } from "../../src/domain/task.ts";
import { AgentStage } from "../support/agent/agent-stage.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

/** A project that is a git repository with one commit. */
async function openRepository(): Promise<{ stage: AgentStage; git: (args: string) => string }> {
  const stage = await AgentStage.open();
  const git = (args: string) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args.split(" ")], {
      cwd: stage.folder,
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: stage.folder },
    }).trim();
  git("init -q -b main");
  writeFileSync(join(stage.folder, "a.txt"), "first\n");
  git("add a.txt");
  git("commit -q -m first");
  await stage.startWorker();
  return { stage, git };
}

const inWorktree = (instruction: string, worktree: AgentPayload["options"] = {}) => ({
  instruction,
  options: { worktree: {}, ...worktree },
});

/** Looks at the file, in the conversation of the first. What goes on is kept as its worker reads it. */
async function goOn(stage: AgentStage, first: Task): Promise<Task> {
  const found = continuationOf(first, []);
  if (found.kind === "impossible") throw new Error(found.reason);
  return await stage.run({
    instruction: "run cat a.txt",
    context: {},
    options: { continueFromTaskId: first.id },
    resume: agentPayloadSchema.shape.resume.parse(found.resume) as AgentResume,
  });
}

const resultOf = (task: Task) => task.result as unknown as AgentResult;

describe("a worktree of a task's own", () => {
  it("leaves the project alone, and its commits stay on its branch when it is removed", async () => {
    const { stage, git } = await openRepository();

    const task = await stage.run(
      inWorktree("write a.txt second\nrun git commit -qam second && git log --format=%an -1"),
    );

    const { worktree, worktreeRemoved, folder } = resultOf(task);
    expect(task.state).toBe("completed");
    expect(worktree).toMatchObject({ repository: stage.folder, branch: `clx/${task.id}` });
    expect(worktreeRemoved).toBe(true);
    expect(existsSync(folder)).toBe(false);
    expect(readFileSync(join(stage.folder, "a.txt"), "utf8")).toBe("first\n");
    expect(git(`show clx/${task.id}:a.txt`)).toBe("second");
    expect(git("status --porcelain")).toBe("");
  });

  it("goes with its branch when nothing was done in it", async () => {
    const { stage, git } = await openRepository();

    const task = await stage.run(inWorktree("say nothing to do"));

    expect(resultOf(task).worktreeRemoved).toBe(true);
    expect(git("branch --format=%(refname:short)")).toBe("main");
  });

  it("is the same one for a conversation that goes on after a fault that passes", async () => {
    const { stage } = await openRepository();

    const task = await stage.run(
      inWorktree("run cat b.txt || echo nothing\nwrite b.txt half\nfail-once overloaded"),
    );

    const said = (await stage.entries(task.id)).flatMap((entry) =>
      entry.kind === "said" ? [entry.text.trim()] : [],
    );
    expect(task).toMatchObject({ state: "completed", attempt: 2 });
    expect(said).toEqual(["nothing", "half"]);
    expect(resultOf(task).worktree?.branch).toBe(`clx/${task.id}`);
  });

  it.each([
    ["uncommitted changes", "write a.txt changed"],
    ["new files", "write b.txt new"],
    [
      "commits that are on no branch",
      "run git checkout -q --detach\nwrite a.txt x\nrun git commit -qam lost",
    ],
  ])("is kept with %s in it", async (_, instruction) => {
    const { stage } = await openRepository();

    const task = await stage.run(inWorktree(instruction));

    const { folder, worktreeRemoved } = resultOf(task);
    expect(worktreeRemoved).toBeUndefined();
    expect(existsSync(join(folder, "a.txt"))).toBe(true);
    const notes = (await stage.entries(task.id)).filter(({ kind }) => kind === "note");
    expect(notes).toMatchObject([{ text: expect.stringContaining("is kept: ") }]);
  });

  it("is kept when that was asked for, on the branch and from the one that were named", async () => {
    const { stage, git } = await openRepository();
    git("branch release");

    const task = await stage.run(
      inWorktree("say done", {
        worktree: { keep: true, baseBranch: "release", branchName: "agents/try" },
      }),
    );

    expect(existsSync(resultOf(task).folder)).toBe(true);
    expect(git("branch --format=%(refname:short)").split("\n")).toContain("agents/try");
  });

  it("fails a task whose folder is in no repository, or whose branch is taken", async () => {
    const { stage } = await openRepository();
    const elsewhere = await stage.run({
      ...inWorktree("say x"),
      context: { workingDirectory: "/" },
    });
    const taken = await stage.run(inWorktree("say x", { worktree: { branchName: "main" } }));

    expect(elsewhere.failure?.message).toContain("is in no git repository");
    expect(taken.failure?.message).toContain("no worktree could be made");
    expect([elsewhere.attempt, taken.attempt]).toEqual([1, 1]);
  });

  it("is refused where there is no commit yet, with what can be done", async () => {
    const stage = await AgentStage.open();
    execFileSync("git", ["init", "-q", "-b", "main"], {
      cwd: stage.folder,
      env: { PATH: process.env.PATH, HOME: stage.folder },
    });
    await stage.startWorker();

    const task = await stage.run(inWorktree("say x"));

    expect(task).toMatchObject({ state: "failed", attempt: 1, failure: { kind: "user_error" } });
    expect(task.failure?.message).toContain("has no commit yet");
  });

  it("has the agent in the folder that was named, though it is of the whole repository", async () => {
    const { stage, git } = await openRepository();
    const part = join(stage.folder, "packages/part");
    mkdirSync(part, { recursive: true });
    writeFileSync(join(part, "b.txt"), "first\n");
    git("add packages");
    git("commit -q -m part");

    const task = await stage.run({
      ...inWorktree("write b.txt second\nrun git commit -qam second"),
      context: { workingDirectory: part },
    });
    const found = continuationOf(task, []);
    const again = await stage.run({
      instruction: "run cat b.txt",
      context: {},
      ...(found.kind === "possible" && { resume: found.resume }),
    });

    const { folder, worktree } = resultOf(task);
    expect(folder).toBe(join(worktree?.folder ?? "", "packages/part"));
    expect(git(`show clx/${task.id}:packages/part/b.txt`)).toBe("second");
    expect(readFileSync(join(part, "b.txt"), "utf8")).toBe("first\n");
    expect(resultOf(again)).toMatchObject({ text: "second", folder });
    expect(existsSync(worktree?.folder ?? "")).toBe(false);
  });

  it("is made again for a conversation that goes on", async () => {
    const { stage } = await openRepository();
    const first = await stage.run(inWorktree("write a.txt second\nrun git commit -qam second"));

    const second = await goOn(stage, first);

    expect(resultOf(second)).toMatchObject({
      text: "second",
      folder: resultOf(first).folder,
      worktree: resultOf(first).worktree,
    });
  });

  it("is made again from where it began, though nothing was done in it", async () => {
    const { stage, git } = await openRepository();
    git("checkout -q -b release");
    writeFileSync(join(stage.folder, "a.txt"), "of the release\n");
    git("commit -qam release");
    git("checkout -q main");

    const first = await stage.run(
      inWorktree("run cat a.txt\nfail-once overloaded", { worktree: { baseBranch: "release" } }),
    );
    const second = await goOn(stage, first);

    expect(first).toMatchObject({ state: "completed", attempt: 2 });
    expect([resultOf(first), resultOf(second)]).toMatchObject([
      { text: "of the release\n", worktreeRemoved: true },
      { text: "of the release\n", worktreeRemoved: true },
    ]);
  });
});

describe("an attempt after one that was cut off", () => {
  it("begins anew, and is told what the first has left", async () => {
    const stage = await AgentStage.open();
    const worker = await stage.startWorker();
    const ours = "run mkdir -p .clx && touch .clx/clx_jobs.db-wal";
    const instruction = `${ours}\nwrite half.txt x\nwait-once\nsay done`;
    const id = await stage.submit({ instruction });
    await stage.untilTold(id, "tool_answered");

    worker.child.kill("SIGKILL");
    await stage.bury(worker);
    await stage.startWorker();
    const task = await stage.stage.untilEnded(id);

    expect(task).toMatchObject({ state: "completed", attempt: 2 });
    const notes = (await stage.entries(id)).filter(({ kind }) => kind === "note");
    expect(notes).toMatchObject([
      {
        text: expect.stringMatching(
          /^attempt 1 did not complete the task; files in .*: half\.txt$/,
        ),
      },
    ]);
  });

  it("is told where the work of one is that failed and was cleaned up", async () => {
    const { stage } = await openRepository();

    const { id } = await stage.run(
      inWorktree("write a.txt x\nrun git commit -qam half\nfail-once refused\nsay done"),
    );
    await stage.stage.store.retry({ taskId: id, now: Date.now() });
    const task = await stage.stage.untilEnded(id);

    expect(task).toMatchObject({ state: "completed", attempt: 2 });
    const told = (await stage.entries(task.id)).flatMap((entry) =>
      entry.kind === "note" ? [entry.text] : [],
    );
    expect(told).toContainEqual(
      expect.stringContaining(`what it committed is on the branch clx/${task.id}. `),
    );
  });

  it("works in a fresh worktree, and the first one's is kept", async () => {
    const { stage } = await openRepository();
    const [worker] = stage.workers;
    const id = await stage.submit(inWorktree("write half.txt x\nwait-once\nsay done"));
    await stage.untilTold(id, "tool_answered");

    worker?.child.kill("SIGKILL");
    if (worker !== undefined) await stage.bury(worker);
    await stage.startWorker();
    const task = await stage.stage.untilEnded(id);

    expect(task).toMatchObject({ state: "completed", attempt: 2 });
    const folders = (await stage.entries(id)).flatMap((entry) =>
      entry.kind === "started" ? [entry.folder] : [],
    );
    expect(new Set(folders).size).toBe(2);
    expect(readFileSync(join(folders[0] ?? "", "half.txt"), "utf8")).toBe("x");
  });
});
