import { expect, it } from "vitest";
import { ClxSite } from "../support/clx.ts";

it("prints the log from behind a cursor, by type, and of one task", async () => {
  const site = new ClxSite();
  const first = await site.ok("submit", "x", "1");
  const second = await site.ok("submit", "x", "2");
  await site.ok("tasks", "cancel", first);

  const all = await site.ok("events");
  const later = lines(await site.ok("events", "--after", "1", "--json"));
  const cancelled = lines(await site.ok("events", "--type", "task_cancelled", "--json"));
  const ofSecond = lines(await site.ok("events", "--task", second, "--json"));
  const last = lines(await site.ok("events", "--tail", "1", "--json"));

  expect(all.split("\n")[0]).toMatch(
    new RegExp(`^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d #1 task_submitted ${first}$`),
  );
  expect(later.map(({ cursor }) => cursor)).toEqual([2, 3]);
  expect(cancelled).toMatchObject([{ type: "task_cancelled", task_id: first }]);
  expect(ofSecond).toMatchObject([{ type: "task_submitted", task_id: second }]);
  expect(last).toMatchObject([{ cursor: 3 }]);
});

it("follows what happens until it is interrupted", async () => {
  const site = new ClxSite();
  const first = await site.ok("submit", "x", "1");
  const following = site.start(["events", "--follow"]);
  await following.says(new RegExp(`task_submitted ${first}`));

  await site.ok("tasks", "cancel", first);
  await following.says(new RegExp(`task_cancelled ${first}`));
  following.kill("SIGINT");

  expect(await following.end).toMatchObject({ code: 130 });
});

it("removes what is old enough, and only what it was told to", async () => {
  const site = new ClxSite();
  const id = await site.ok("submit", "x", "1");
  await site.ok("tasks", "cancel", id);

  const young = await site.json("prune", "--tasks-older", "1d");
  const foretold = await site.ok("prune", "--tasks-older", "0", "--dry-run");
  const stillThere = await site.json("tasks", "list");
  const tasks = await site.ok("prune", "--tasks-older", "0");
  const events = await site.json("prune", "--events-older", "0");
  const unsaid = await site.run(["prune"]);

  expect(young).toEqual({ dry_run: false, tasks: 0, workers: 0, events: 0 });
  expect(foretold).toBe("1 task, 0 workers, 0 events would be removed");
  expect(stillThere).toMatchObject({ tasks: [{ id }] });
  expect(tasks).toBe("removed 1 task, 0 workers, 0 events");
  expect(events).toMatchObject({ tasks: 0, workers: 0 });
  expect(await site.json("tasks", "list")).toMatchObject({ tasks: [], next: null });
  expect(unsaid).toMatchObject({ code: 2, stderr: expect.stringContaining("say what shall go") });
});

function lines(text: string): Record<string, unknown>[] {
  return text.split("\n").map((line) => JSON.parse(line));
}
