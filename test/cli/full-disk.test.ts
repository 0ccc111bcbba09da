import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { identify } from "../../src/machine/process-identity.ts";
import { ClxSite } from "../support/clx.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { mountSmallDisk } from "../support/small-disk.ts";

forbidProcessLeaks();

it("a full disk does not keep supervise, and the next sweep puts its rows right", async ({
  skip,
}) => {
  const site = new ClxSite();
  const disk = mountSmallDisk(site) ?? skip("a small disk cannot be mounted");
  const supervisor = site.start(["supervise", "--type", "command", "--force"]);
  await supervisor.says(/pool_started/);
  const { workers } = await site.json<{ workers: { id: string; pid: number }[] }>(
    ...["workers", "list"],
  );
  disk.fill();

  supervisor.kill("SIGINT");
  await supervisor.says(/SIGINT: stopping/);
  supervisor.kill("SIGINT");

  const { code, stderr } = await supervisor.end;
  expect(code).toBe(3);
  expect(stderr).toContain(`the end of ${workers[0]?.id} could not be recorded`);
  expect(identify(Number(workers[0]?.pid))).toBeUndefined();
  disk.free();
  await site.ok("workers", "cleanup");
  expect(await site.json("workers", "list")).toMatchObject({ workers: [] });
});

it("a disk that is full before anything has the database open is told as such", async ({
  skip,
}) => {
  const site = new ClxSite();
  const disk = mountSmallDisk(site) ?? skip("a small disk cannot be mounted");
  await site.ok("submit", "command", "--", "true");
  disk.fill();

  const submit = await site.run(["submit", "command", "--", "true"]);
  const status = await site.run(["status"]);
  disk.free();

  expect(submit).toMatchObject({ code: 3, stderr: expect.stringContaining("the disk is full") });
  expect(status).toMatchObject({ code: 2, stdout: expect.stringContaining("the disk is full") });
  expect((await site.json<{ tasks: unknown[] }>("tasks", "list")).tasks).toHaveLength(1);
});

it("submit --wait fails at once on a full disk, and starts nothing that stays", async ({
  skip,
}) => {
  const site = new ClxSite();
  const disk = mountSmallDisk(site) ?? skip("a small disk cannot be mounted");
  const other = site.start(["supervise", "--type", "pages", "--handler", writePages(site)]);
  await other.says(/pool_started/);
  disk.fill();

  const { code, stderr } = await site.run(["submit", "--wait", "command", "--", "true"]);

  expect(code).toBe(3);
  expect(stderr).toContain("the disk is full");
  disk.free();
  expect(await site.json("tasks", "list")).toMatchObject({ tasks: [] });
  other.kill("SIGTERM");
  await other.end;
});

function writePages(site: ClxSite): string {
  writeFileSync(join(site.folder, "pages.mjs"), "export default { type: 'pages', handle() {} };");
  return "pages.mjs";
}
