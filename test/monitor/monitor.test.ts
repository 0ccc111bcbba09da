import { readdirSync, readFileSync, readlinkSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { TaskStore } from "../../src/store/task-store.ts";
import { bestOf } from "../support/best-of.ts";
import { ClxSite } from "../support/clx.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { Tmux } from "../support/tmux.ts";
import { until } from "../support/until.ts";

interface Scene {
  readonly site: ClxSite;
  readonly store: TaskStore;
  readonly worker: PlayedWorker;
  readonly runningId: string;
  readonly waitingId: string;
}

/** A task that runs on a worker which the test plays, and one that waits. */
async function begin(): Promise<Scene> {
  const site = new ClxSite();
  const runningId = await site.ok("submit", "command", "--", "simulate", "--first");
  const waitingId = await site.ok("submit", "command", "--", "simulate", "--second");
  const store = await site.openStore();
  const worker = await PlayedWorker.start(store, { id: "played-worker" });
  const task = await worker.claim();
  await worker.report(task, {
    logs: [
      { at: Date.now(), stream: "stdout", line: "first line \u001b[2J\u001b[31m日本語\u001b[0m" },
    ],
    progress: { fraction: 0.5, message: "half way", at: Date.now() },
  });
  return { site, store, worker, runningId, waitingId };
}

it("shows what happens as it happens, and gives the terminal back", async () => {
  const { site, store, worker, runningId } = await begin();
  const tmux = await Tmux.start(site);
  await tmux.type("echo before");
  await tmux.press("Enter");

  await tmux.runClx("monitor");

  await tmux.shows(/> {2}▶ running .* 50 % half way/);
  expect(await tmux.shows(/○ pending .*The worker for it is busy/)).not.toContain("echo before");
  const task = await store.findTask(runningId);
  await worker.settle(task ?? expect.fail(), { kind: "completed", result: null });
  await tmux.shows(/✓ completed/);
  await tmux.press("q");
  expect(await tmux.shows(/exit:0/)).toContain("echo before");
  expect(await tmux.flag("alternate_on")).toBe("0");
  expect(await tmux.flag("cursor_flag")).toBe("1");
});

it("says since when it shows old data when the database is gone, and goes on once it is back", async () => {
  const { site } = await begin();
  const tmux = await Tmux.start(site);
  await tmux.runClx("monitor");
  await tmux.shows(/running/);

  renameSync(site.databasePath, `${site.databasePath}.away`);
  await tmux.shows(/cannot be read: its file is gone; put it back, or leave/);
  await tmux.shows(/data of \d\d:\d\d:\d\d/);
  renameSync(`${site.databasePath}.away`, site.databasePath);
  await tmux.shows(/Nothing needs you|⚠/);

  await site.ok("submit", "command", "--", "simulate", "--third");
  await tmux.shows(/Tasks 3/);
  await tmux.press("q");
  await tmux.shows(/exit:0/);
});

it("says that another database is in the place of its own, and ends as ever", async () => {
  const { site } = await begin();
  const tmux = await Tmux.start(site);
  await tmux.runClx("monitor");
  await tmux.shows(/running/);

  renameSync(site.databasePath, `${site.databasePath}.away`);
  writeFileSync(site.databasePath, "");
  await tmux.shows(/another file is in its place; start anew/);
  await tmux.press("q");

  await tmux.shows(/exit:0/);
});

it("follows the log of a task, whatever it writes, and prints it plainly", async () => {
  const { site, worker, store, runningId } = await begin();
  const tmux = await Tmux.start({ folder: site.folder, size: { columns: 80, rows: 60 } });
  await tmux.runClx("monitor");
  await tmux.shows(/running/);

  await tmux.press("l");
  await tmux.shows(/first line 日本語/);
  const task = (await store.findTask(runningId)) ?? expect.fail();
  const logs = Array.from({ length: 40 }, (_, at) => ({
    ...{ at: Date.now(), stream: "stdout" as const },
    line: `line ${at + 1}\ra\tb`,
  }));
  await worker.report(task, { logs });
  await tmux.shows(/line 40a {3,}b/);

  await tmux.press("o");
  const plain = await tmux.shows(/-- log of task .*line 40a/s);
  expect(plain).not.toContain("quit");
  await tmux.press("Enter");
  await tmux.shows(/q quit/);
  await tmux.press("C-c");
  expect(await tmux.shows(/exit:130/)).toContain("enter goes back to the monitor");
});

it("cancels a task once one has said yes, and never without", async () => {
  const { site, store, waitingId } = await begin();
  const tmux = await Tmux.start(site);
  await tmux.runClx("monitor");
  await tmux.shows(/> {2}▶ running/);

  await tmux.press("j", "c");
  await tmux.shows(new RegExp(`cancel task ${waitingId}\\?`));
  await tmux.press("Enter");
  await tmux.shows(/nothing was done/);
  expect(await store.findTask(waitingId)).toMatchObject({ state: "pending" });

  await tmux.press("c", "y");
  await tmux.shows(new RegExp(`${waitingId} is cancelled`));
  expect(await store.findTask(waitingId)).toMatchObject({ state: "cancelled" });
  await tmux.press("r");
  await tmux.shows(new RegExp(`${waitingId} is pending again`));
});

it("aborts a worker with all its processes", async () => {
  const site = new ClxSite();
  await site.ok("submit", "command", "--", "sleep", "600");
  const supervisor = site.start(["supervise", "--type", "command", "--restarts", "0"]);
  await supervisor.says(/worker_ready/);
  const store = await site.openStore();
  const tmux = await Tmux.start(site);
  await tmux.runClx("monitor");
  await tmux.shows(/running/);

  await tmux.press("Tab", "a");
  await tmux.shows(/abort worker direct-command-0-\w+ now; task \w+ fails\?/);
  await tmux.press("y");

  await tmux.shows(/is aborted; none of its processes is left/);
  const { items } = await store.listTasks({ limit: 1 });
  expect(items[0]).toMatchObject({ state: "failed", failure: { kind: "aborted" } });
  await tmux.press("q");
  await tmux.shows(/exit:0/);
});

it("goes on in the size that the terminal has", async () => {
  const { site, waitingId } = await begin();
  const tmux = await Tmux.start(site);
  await tmux.runClx("monitor");
  await tmux.shows(/running/);
  await tmux.press("j");

  await tmux.resize({ columns: 50, rows: 10 });
  await tmux.shows(/50×10 is too small/);
  await tmux.resize({ columns: 120, rows: 30 });

  await tmux.shows(new RegExp(`> {2}○ pending +${waitingId} .*space mark`, "s"));
});

it("has no colours when none are wanted, and no glyphs when the terminal has none", async () => {
  const { site } = await begin();
  const tmux = await Tmux.start({
    ...site,
    folder: site.folder,
    env: { NO_COLOR: "1", LC_ALL: "C" },
  });

  await tmux.runClx("monitor");

  const screen = await tmux.shows(/> {2}> running .*#####----- 50 %/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what ASCII is
  expect(screen).toMatch(/^[\u0000-\u007f]*$/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: codes begin with one
  expect(await tmux.paintedScreen()).not.toMatch(/\u001b\[(?:\d+;)*(?:3[0-7]|9\d)m/);
});

it.each(["TERM", "HUP", "INT"])("gives the terminal back on SIG%s", async (name) => {
  const { site } = await begin();
  const tmux = await Tmux.start(site);
  await tmux.runClx("monitor");
  await tmux.shows(/running/);

  process.kill(await foregroundPid(tmux), `SIG${name}`);

  await tmux.shows(/exit:130/);
  expect(await tmux.flag("alternate_on")).toBe("0");
  await tmux.type("echo it still echoes");
  await tmux.shows(/\$ echo it still echoes/);
});

it("gives the terminal back before it says why it crashed", async () => {
  const { site } = await begin();
  const crash = join(site.folder, "crash.mjs");
  writeFileSync(crash, 'process.on("SIGUSR2", () => { throw new Error("a crash"); });');
  const tmux = await Tmux.start({
    folder: site.folder,
    env: { NODE_OPTIONS: `--import ${crash}` },
  });
  await tmux.runClx("monitor");
  await tmux.shows(/running/);

  process.kill(await foregroundPid(tmux), "SIGUSR2");

  expect(await tmux.shows(/exit:[^0]/)).toContain("Error: a crash");
  expect(await tmux.flag("alternate_on")).toBe("0");
  expect(await tmux.flag("cursor_flag")).toBe("1");
  await tmux.type("echo it still echoes");
  await tmux.shows(/\$ echo it still echoes/);
});

it("can be left for the shell and come back to", async () => {
  const { site } = await begin();
  const tmux = await Tmux.start(site);
  await tmux.runClx("monitor");
  await tmux.shows(/running/);

  await tmux.press("C-z");
  await tmux.shows(/Stopped/);
  await tmux.type("echo in the $((40 + 2))");
  await tmux.press("Enter");
  await tmux.shows(/in the 42/);
  await tmux.type("fg");
  await tmux.press("Enter");

  await tmux.shows(/q quit/);
  await tmux.press("q");
  await until(async () => (await tmux.flag("alternate_on")) === "0");
  await tmux.type("echo left:$?");
  await tmux.press("Enter");
  expect(await tmux.shows(/left:0/)).toContain("in the 42");
});

it("says what to use instead where there is no terminal, or a dumb one", async () => {
  const { site } = await begin();
  const tmux = await Tmux.start({ folder: site.folder, size: { columns: 120, rows: 24 } });

  const piped = await site.run(["monitor"]);
  await tmux.type("TERM=dumb ");
  await tmux.runClx("monitor");

  expect(piped).toMatchObject({ code: 2, stdout: "" });
  expect(piped.stderr).toContain("clx status");
  expect(await tmux.shows(/exit:2/)).toContain("clx status");
});

/** Of the program that the shell runs now. */
async function foregroundPid(tmux: Tmux): Promise<number> {
  const shell = await tmux.flag("pane_pid");
  const { execFileSync } = await import("node:child_process");
  const find = () =>
    execFileSync("ps", ["-o", "pid=,ppid=", "-A"], { encoding: "utf8" })
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .find(([, parent]) => parent === shell)?.[0];
  return Number(await until(find, { what: "a program in the foreground" }));
}

it.runIf(process.platform === "linux")(
  "takes at most 2 % of a processor while nothing happens",
  async () => {
    const { site } = await begin();
    const tmux = await Tmux.start(site);
    await tmux.runClx("monitor");
    await tmux.shows(/running/);
    const pid = monitorIn(site.folder);
    const seconds = 5;
    const ticksPerSecond = 100;

    // At first it may still be starting.
    const percent = await bestOf(2.1, async () => {
      const before = ticksOf(pid);
      await sleep(seconds * 1_000);
      return ((ticksOf(pid) - before) / (seconds * ticksPerSecond)) * 100;
    });

    expect(percent).toBeLessThanOrEqual(2);
  },
  90_000,
);

function monitorIn(folder: string): string {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return words.includes("monitor") && readlinkSync(`/proc/${pid}/cwd`) === folder;
    } catch {
      return false; // It has ended meanwhile.
    }
  });
  return found ?? expect.fail("no monitor runs");
}

/** Hundredths of a second that a process has computed. */
function ticksOf(pid: string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
