import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AgentResult } from "../../src/agent/agent-task.ts";
import { DrillSite } from "../support/agent/drill-site.ts";
import type { Asked } from "../support/agent/fake-model.ts";
import { hasSdk } from "../support/agent/sdk-stage.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

const count = 50;
const workers = 4;

/** The task's instruction is the name of the file that it shall write. */
function fileAskedFor({ body }: Asked): string {
  return /file-\d+\.txt/.exec(JSON.stringify(body.messages))?.[0] ?? "nothing";
}

async function expectAllDone(drill: DrillSite, ids: readonly string[]): Promise<void> {
  const tasks = [];
  for (const id of ids) tasks.push(await drill.site.untilEnded(id));
  expect(tasks.filter(({ state }) => state !== "completed")).toEqual([]);
  expect(tasks.filter(({ attempt }) => attempt !== 1)).toEqual([]);
  expect(readdirSync(drill.folder)).toHaveLength(count);
  const sessions = tasks.map(({ result }) => (result as unknown as AgentResult).sessionId);
  expect(new Set(sessions).size).toBe(count);
  expect(new Set(tasks.map(({ workerId }) => workerId)).size).toBe(workers);
  const store = await drill.site.store();
  const events = await store.listEvents({ after: 0, limit: 5_000 });
  expect(events.filter(({ type }) => type === "task_completed")).toHaveLength(count);
  for (const id of ids) expect(drill.agentsOf(id)).toEqual([]);
}

describe(`${count} tasks of agents with ${workers} workers`, () => {
  it("are each done once by programs, and none of those is left", async () => {
    const drill = await DrillSite.open(() => undefined, workers);
    const served = await drill.serve("managed");

    const ids = [];
    for (let n = 0; n < count; n++) {
      ids.push(await drill.submit(`write file-${n}.txt x\nsay done`, { executor: "scripted" }));
    }

    await expectAllDone(drill, ids);
    expect((await served.stop()).code).toBe(0);
  });

  it.skipIf(!hasSdk)("are each done once by Claude, and nothing of it is left", async () => {
    const drill = await DrillSite.open(() => undefined, workers);
    const answered = new Set<string>();
    drill.model.follow((asked) => {
      const file = fileAskedFor(asked);
      if (answered.has(file)) return { say: "done" };
      answered.add(file);
      const input = { file_path: join(drill.folder, file), content: "x" };
      return { use: "Write", input };
    });
    const served = await drill.serve("managed");

    const ids = [];
    for (let n = 0; n < count; n++) ids.push(await drill.submit(`write file-${n}.txt`));

    await expectAllDone(drill, ids);
    expect(drill.model.strays).toEqual([]);
    expect((await served.stop()).code).toBe(0);
  });
});
