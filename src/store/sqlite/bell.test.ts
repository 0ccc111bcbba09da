import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openSqliteSite } from "../../../test/support/store-site.ts";
import { until } from "../../../test/support/until.ts";
import { numbered, Stage } from "../conformance/stage.ts";
import { Bell, bellName } from "./bell.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";

describe("the bell", () => {
  it("has a file for each topic, under a name that troubles no file system", () => {
    expect(bellName({ kind: "changes" })).toBe("changes");
    expect(bellName({ kind: "work", type: "notebook" })).toBe("work.notebook");
    expect(bellName({ kind: "worker", workerId: "direct-echo-0-ab" })).toBe(
      "worker.direct-echo-0-ab",
    );
    for (const type of ["", "..", "a/b", "NUL", "ü", "x".repeat(300), "\ud800"]) {
      expect(bellName({ kind: "work", type })).toMatch(/^work\.sha256-[0-9a-f]{64}$/);
    }
  });

  it("loses the file of a worker whose row is removed", async () => {
    const { stage, site } = await begin();
    const workerId = await stage.worker();
    const watch = stage.store.watch([{ kind: "worker", workerId }], () => {});
    const file = join(`${site.path}-bell`, bellName({ kind: "worker", workerId }));
    expect(existsSync(file)).toBe(true);

    await stage.endWorker(workerId);
    await stage.store.deleteWorkers({ endedBefore: stage.now + 1 });
    watch.close();

    expect(existsSync(file)).toBe(false);
  });

  it("makes no file for a worker that does not listen", async () => {
    const { stage, site } = await begin();

    await stage.endWorker(await stage.worker());

    expect(readdirSync(`${site.path}-bell`)).toEqual(["changes"]);
  });

  it("keeps a bounded number of files open", async () => {
    const { stage } = await begin();
    await stage.submit(); // what a first commit opens is open
    const before = openFiles();

    await stage.store.submit({
      tasks: numbered(300, (index) => stage.newTask({ type: `type-${index}` })),
      now: stage.now,
    });

    expect(openFiles() - before).toBeLessThanOrEqual(64);
  });

  it("tells this process when its folder cannot be made", async () => {
    const { site } = await begin();
    const path = `${site.path}.other`;
    writeFileSync(`${path}-bell`, "in the way");
    const store = await openSqliteStore({ path });
    onTestFinished(() => store.close());
    const stage = new Stage({ ...site, store });
    let rings = 0;
    store.watch([{ kind: "work", type: "echo" }], () => rings++);

    await stage.submit();

    await until(() => rings > 0);
  });

  it("does without the system's watches when there are none left", async () => {
    const { site } = await begin();
    const bell = new Bell(`${site.path}-bell`, { watchBySystem: () => undefined });
    onTestFinished(() => bell.close());
    let rings = 0;
    const stop = bell.listen("work.echo", () => rings++);
    onTestFinished(stop);

    await until(() => {
      bell.ring("work.echo");
      return rings > 0;
    });
  });
});

async function begin() {
  const site = await openSqliteSite();
  onTestFinished(() => site.close());
  return { site, stage: new Stage(site) };
}

function openFiles(): number {
  return readdirSync("/proc/self/fd").length;
}
