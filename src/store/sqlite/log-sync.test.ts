import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { describe, expect, it, onTestFinished } from "vitest";
import { openSqliteSite } from "../../../test/support/store-site.ts";
import { Stage } from "../conformance/stage.ts";

describe("the wait for the disk", () => {
  it("comes before the answer, and before anybody is told", async () => {
    const { stage, site } = await begin();
    const looker = await site.openAnother();
    const order: string[] = [];
    const told = Promise.withResolvers<void>();
    const watch = looker.watch([{ kind: "changes" }], () => {
      order.push("told");
      told.resolve();
    });
    onTestFinished(() => watch.close());
    whenTheDiskIsWaitedFor(() => order.push("on disk"));

    const submitted = stage.submit().then(() => order.push("answered"));
    await Promise.all([submitted, told.promise]);

    expect(order[0]).toBe("on disk");
    expect(order.toSorted()).toEqual(["answered", "on disk", "told"]);
  });

  it("is there for who is told what others have only just written", async () => {
    const { stage, site } = await begin();
    const task = stage.newTask();
    await stage.store.submit({ tasks: [task], now: stage.now });
    const other = await site.openAnother();
    let waits = 0;
    whenTheDiskIsWaitedFor(() => {
      waits += 1;
    });

    const [again] = await other.submit({ tasks: [task], now: stage.now });

    expect(again).toMatchObject({ created: false });
    expect(waits).toBe(1);
  });

  it("is not there for a look that finds what was there before", async () => {
    const { stage } = await begin();
    const task = stage.newTask();
    await stage.store.submit({ tasks: [task], now: stage.now });
    let waits = 0;
    whenTheDiskIsWaitedFor(() => {
      waits += 1;
    });

    await stage.store.submit({ tasks: [task], now: stage.now });

    expect(waits).toBe(0);
  });

  it("that fails refuses what was asked for, and all that would be written after it", async () => {
    const { stage, site } = await begin();
    const kept = await stage.submit();
    const repair = whenTheDiskIsWaitedFor(() => {
      throw new Error("EIO: i/o error, fdatasync");
    });

    const failed = { code: "store_io", message: expect.stringContaining("EIO") };
    await expect(stage.submit()).rejects.toMatchObject(failed);
    repair();
    const late = stage.newTask();
    const submitted = stage.store.submit({ tasks: [late], now: stage.now });
    await expect(submitted).rejects.toMatchObject(failed);

    expect(await stage.store.findTask(kept.id)).toMatchObject({ id: kept.id });
    expect(await stage.store.findTask(late.id)).toBeUndefined();
    const opened = await site.openAnother();
    await opened.submit({ tasks: [late], now: stage.now });
  });

  it("is nobody's without durability", async () => {
    const { stage } = await begin({ synchronous: "normal" });
    whenTheDiskIsWaitedFor(() => {
      throw new Error("nobody should wait");
    });

    await stage.submit();
  });
});

async function begin(options: Parameters<typeof openSqliteSite>[0] = {}) {
  const site = await openSqliteSite(options);
  onTestFinished(() => site.close());
  return { site, stage: new Stage(site) };
}

/** Until the test has finished, or the answer is called. */
function whenTheDiskIsWaitedFor(hook: () => void): () => void {
  const { fdatasyncSync } = fs;
  const put = (sync: typeof fdatasyncSync) => {
    fs.fdatasyncSync = sync;
    syncBuiltinESMExports();
  };
  put((file) => {
    fdatasyncSync(file);
    hook();
  });
  const restore = () => put(fdatasyncSync);
  onTestFinished(restore);
  return restore;
}
