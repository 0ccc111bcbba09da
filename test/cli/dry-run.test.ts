import { expect, it } from "vitest";
import { ClxSite } from "../support/clx.ts";
import { PlayedWorker } from "../support/played-worker.ts";

/** Tasks in five states, and workers in three. */
async function begin() {
  const site = new ClxSite();
  const submit = (...more: string[]) => site.ok("submit", "command", ...more, "--", "true");
  const [completed, failed, running] = [await submit(), await submit(), await submit()];
  const pending = await submit();
  const cancelled = await submit();
  await site.ok("tasks", "cancel", cancelled);
  const store = await site.openStore();
  const worker = await PlayedWorker.start(store, { id: "played-busy" });
  const [first, second] = [await worker.claim(), await worker.claim()];
  await worker.settle(first, { kind: "completed", result: null });
  await worker.settle(second, {
    kind: "failed",
    failure: { kind: "user_error", message: "wrong input" },
  });
  await worker.claim();
  const draining = await PlayedWorker.start(store, { id: "played-draining" });
  await store.changeWorker({ workerId: draining.id, event: "drain", now: Date.now() });
  await PlayedWorker.start(store, { id: "played-idle" });
  const tasks = [completed, failed, running, pending, cancelled];
  return { site, tasks, workers: ["played-busy", "played-draining", "played-idle"] };
}

it.each(["cancel", "retry", "delete"])(
  "tasks %s --dry-run changes nothing, and refuses what would be refused",
  async (action) => {
    const { site, tasks } = await begin();
    const before = await site.json("tasks", "list");

    const dry = await site.run(["--json", "tasks", action, ...tasks, "--dry-run"]);
    const after = await site.json("tasks", "list");
    const real = await site.run(["--json", "tasks", action, ...tasks]);

    expect(after).toEqual(before);
    expect(dry.code).toBe(real.code);
    expect(outcomes(dry.stdout)).toEqual(outcomes(real.stdout));
  },
);

it("workers drain --dry-run changes nothing, and refuses what would be refused", async () => {
  const { site, workers } = await begin();
  const before = await site.json("workers", "list");

  const dry = await site.run(["--json", "workers", "drain", ...workers, "--dry-run"]);
  const after = await site.json("workers", "list");
  const real = await site.run(["--json", "workers", "drain", ...workers]);

  expect(after).toEqual(before);
  expect(dry.code).toBe(real.code);
  expect(outcomes(dry.stdout)).toEqual(outcomes(real.stdout));
});

it("workers abort --dry-run asks nothing and ends nothing", async () => {
  const { site, workers } = await begin();

  const { code, stdout } = await site.run(["workers", "abort", ...workers, "--dry-run"]);

  expect(code).toBe(0);
  expect(stdout.trim().split("\n")).toEqual([
    "would abort played-busy, which is busy",
    "would abort played-draining, which is draining",
    "would abort played-idle, which is idle",
  ]);
});

/** Of each line whether it is about something done, or a refusal. */
function outcomes(stdout: string): string[] {
  const lines = stdout.trim().split("\n");
  return lines.map((line) => JSON.parse(line)).map(({ id, error }) => error?.message ?? id);
}
