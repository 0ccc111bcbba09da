import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkpointFolderOf } from "../../src/machine/checkpoint-folder.ts";
import { ClxSite } from "../support/clx.ts";

it("removes the checkpoint of a task with the task, and no other's", async () => {
  const site = new ClxSite();
  const [first = "", second = "", third = ""] = (
    await site.ok("submit", "x", "[1,2,3]", "--bulk")
  ).split("\n");
  const folder = join(site.folder, ".clx", "checkpoints");
  for (const id of [first, second, third]) leaveCheckpoint(folder, id);
  await site.ok("tasks", "cancel", first, second);

  await site.ok("tasks", "delete", first);
  const afterDeletion = readdirSync(folder).toSorted();
  await site.ok("prune", "--tasks-older", "0");
  const afterPruning = readdirSync(folder);

  expect(afterDeletion).toEqual([second, third].toSorted());
  expect(afterPruning).toEqual([third]);
});

function leaveCheckpoint(folder: string, taskId: string): void {
  const place = checkpointFolderOf(folder, taskId);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "state"), "half of it");
}
