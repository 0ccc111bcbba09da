import { expect, it, onTestFinished } from "vitest";
import { openSqliteSite } from "../../../test/support/store-site.ts";
import { Stage } from "../../store/conformance/stage.ts";
import type { RunDisplay } from "./display.ts";
import { TaskFollower } from "./task-follower.ts";

it("tells nothing of an attempt that was given back before it began", async () => {
  const site = await openSqliteSite();
  onTestFinished(() => site.close());
  const stage = new Stage(site);
  const tasks = [await stage.submit({ priority: 1 }), await stage.submit()];
  const told: string[] = [];
  const display = {
    taskStarted: (number) => told.push(`${number} started`),
    taskAgain: (number) => told.push(`${number} again`),
    taskEnded: (number) => told.push(`${number} ended`),
  } as Partial<RunDisplay> as RunDisplay;
  const isOurWorker = () => false;
  const follower = new TaskFollower({ store: site.store, tasks, cursor: 0, display, isOurWorker });

  const { tasks: taken } = await stage.claim(await stage.worker(), { limit: 1, ahead: 1 });
  for (const { id } of taken) await stage.settle(await stage.task(id), { kind: "released" });
  await follower.look();

  expect(told).toEqual(["1 started", "1 again"]);
  expect(follower.countsOf("echo")).toEqual({ waiting: 2, running: 0 });
});
