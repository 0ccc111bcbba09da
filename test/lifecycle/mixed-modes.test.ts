import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ClxSite } from "../support/clx.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { workersOf } from "../support/services.ts";

forbidProcessLeaks();

it("runs pools of different modes side by side", async () => {
  const site = new ClxSite();
  const handler = "export default { type: 'double', handle: async ({ payload }) => payload * 2 };";
  writeFileSync(join(site.folder, "double.mjs"), handler);
  site.writeConfig('[workers.double]\nhandler = "./double.mjs"\nexecution_mode = "inline"');
  const double = await site.ok("submit", "double", "21");
  const command = await site.ok("submit", "command", "--", "true");

  const supervise = ["supervise", "--type", "command", "--type", "double", "--until-empty"];
  const { code } = await site.run(supervise);

  const modes = (await workersOf(site)).map(({ id }) => id.split("-").slice(0, 2).join(" "));
  expect(code).toBe(0);
  expect(modes.toSorted()).toEqual(["direct command", "inline double"]);
  expect(await site.json("tasks", "show", double)).toMatchObject({ result: 42 });
  expect(await site.json("tasks", "show", command)).toMatchObject({ state: "completed" });
});
