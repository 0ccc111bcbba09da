import { expect, it } from "vitest";
import { ClxSite } from "../../test/support/clx.ts";
import { forbidProcessLeaks } from "../../test/support/process-leaks.ts";
import { firstLineOf, program } from "../../test/support/store-programs.ts";

forbidProcessLeaks();

it("says once for whom a command waits that finds the database locked", async () => {
  const site = new ClxSite();
  await site.ok("submit", "command", "--", "true");
  const holder = program("lock-holder", [site.databasePath]);
  await firstLineOf(holder);

  const submitting = site.start(["submit", "command", "--", "true"]);
  await submitting.says(/^waiting for the database .*, which process \d+ \(.*\) holds locked$/m);
  holder.kill("SIGKILL");

  const { code, stderr } = await submitting.end;
  expect(code).toBe(0);
  expect(stderr).toContain(`which process ${holder.pid} `);
  expect(stderr.match(/waiting for/g)).toHaveLength(1);
});
