import { expect, it, onTestFinished } from "vitest";
import { forbidProcessLeaks } from "../../test/support/process-leaks.ts";
import { firstLineOf, program } from "../../test/support/store-programs.ts";
import { openSqliteSite } from "../../test/support/store-site.ts";
import { ClxError } from "../domain/errors.ts";
import { nameHolders } from "./name-holders.ts";

forbidProcessLeaks();

it("names the process that keeps a database locked, and leaves other errors alone", async () => {
  const site = await openSqliteSite();
  onTestFinished(() => site.close());
  const busy = new ClxError("store_busy", "it stayed locked");
  const nobody = await nameHolders(busy, site.path);
  const holder = program("lock-holder", [site.path]);
  await firstLineOf(holder);

  const named = await nameHolders(busy, site.path);

  expect(nobody).toBe(busy);
  expect(named).toMatchObject({
    code: "store_busy",
    message: expect.stringMatching(
      new RegExp(`^it stayed locked; it is held by process ${holder.pid} `),
    ),
  });
  const other = new ClxError("store_io", "disk");
  expect(await nameHolders(other, site.path)).toBe(other);
});
