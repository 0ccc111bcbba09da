import { expect, it, onTestFinished } from "vitest";
import { forbidProcessLeaks } from "../../test/support/process-leaks.ts";
import { firstLineOf, program } from "../../test/support/store-programs.ts";
import { openSqliteSite } from "../../test/support/store-site.ts";
import { holdersOfDatabase } from "./database-holders.ts";

forbidProcessLeaks();

it.each([
  ["wal", "deferred", false],
  ["wal", "immediate", true],
  ["delete", "deferred", false],
  ["delete", "immediate", true],
  ["delete", "exclusive", true],
] as const)(
  "in %s mode sees a holder that began %s, and whether it keeps others out",
  async (journalMode, lock, keepsOthersOut) => {
    const site = await openSqliteSite({ journalMode });
    onTestFinished(() => site.close());
    const holder = program("lock-holder", [site.path, lock]);
    await firstLineOf(holder);

    const holders = holdersOfDatabase(site.path);

    expect(holders).toEqual([
      { pid: holder.pid, command: expect.stringContaining("lock-holder"), keepsOthersOut },
    ]);
  },
);

it("sees nobody where there is no file, and does not count ourselves", async () => {
  const site = await openSqliteSite();
  onTestFinished(() => site.close());

  expect(holdersOfDatabase(site.path)).toEqual([]);
  expect(holdersOfDatabase(`${site.path}-none`)).toEqual([]);
});
