import { expect, it } from "vitest";
import { ClxSite } from "../support/clx.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { Tmux } from "../support/tmux.ts";

it("draws a bar while one waits in a terminal, and leaves only what counts", async () => {
  const site = new ClxSite();
  await site.ok("submit", "command", "--", "true");
  const store = await site.openStore();
  const worker = await PlayedWorker.start(store);
  const task = await worker.claim();
  const size = { columns: 120, rows: 24 };
  const tmux = await Tmux.start({ folder: site.folder, size });

  await tmux.runClx(`tasks wait ${task.id}`);
  await worker.report(task, { progress: { fraction: 0.5, message: "half way", at: Date.now() } });
  await tmux.shows(/^\[#{10}-{10}\] 50 % half way · command: 1 busy · /m);
  await worker.settle(task, { kind: "completed", result: null });

  const screen = await tmux.shows(/exit:0/);
  expect(screen).toMatch(new RegExp(`^task ${task.id} .*completed`, "m"));
  expect(screen).not.toContain("half way");
});

it("tells programs on stderr how several tasks come along, and the results on stdout", async () => {
  const site = new ClxSite();
  const ids = [
    await site.ok("submit", "command", "--", "true"),
    await site.ok("submit", "command", "--", "true"),
  ];
  const store = await site.openStore();
  const worker = await PlayedWorker.start(store);
  const first = await worker.claim();

  const waiting = site.start(["--json", "tasks", "wait", ...ids]);
  await waiting.says(/"ended":0,.*"busy":1\},"queued":1/);
  await worker.settle(first, { kind: "completed", result: null });
  const second = await worker.claim();
  await waiting.says(/"ended":1,/);
  await worker.settle(second, { kind: "completed", result: null });

  const { code, stdout, stderr } = await waiting.end;
  const results = stdout.trim().split("\n");
  const events = stderr.trim().split("\n");
  expect(code).toBe(0);
  expect(results.map((line) => JSON.parse(line).id)).toEqual(ids);
  expect(events.map((line) => JSON.parse(line)).at(0)).toMatchObject({
    ...{ event: "progress", total: 2, ended: 0, failed: 0 },
    types: [{ type: "command", workers: { busy: 1 } }],
  });
});

it("shows how a queue is emptied", async () => {
  const site = new ClxSite();
  for (const seconds of ["0", "0", "600"]) {
    await site.ok("submit", "command", "--", "sleep", seconds);
  }

  const supervisor = site.start(["--json", "supervise", "--type", "command", "--until-empty"]);
  await supervisor.says(/"event":"progress","total":3,"ended":2,"failed":0,/);
  await site.ok("tasks", "cancel", runningId(await site.json("tasks", "list")));

  const { code, stdout } = await supervisor.end;
  expect(code).toBe(0);
  expect(stdout).not.toContain('"event":"progress"');
});

function runningId({ tasks }: { tasks?: { id: string; state: string }[] }): string {
  return tasks?.find(({ state }) => state === "running")?.id ?? expect.fail();
}
