import { describe, expect, it } from "vitest";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { WorkerStage } from "../support/worker-stage.ts";

forbidProcessLeaks();

describe("a worker process", () => {
  it("takes tasks one after the other and keeps their results", async () => {
    const stage = await WorkerStage.open();
    const ids = [];
    for (let n = 0; n < 5; n++) ids.push(await stage.submit({ act: "answer", value: { n } }));

    await stage.start();
    const tasks = await Promise.all(ids.map((id) => stage.untilEnded(id)));

    expect(tasks.map(({ state, result, attempt }) => ({ state, result, attempt }))).toEqual(
      ids.map((_, n) => ({ state: "completed", result: { n }, attempt: 1 })),
    );
  });
});
