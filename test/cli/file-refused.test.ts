import { chmodSync, cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { ClxSite } from "../support/clx.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

const showcase = fileURLToPath(new URL("../../examples/course", import.meta.url));

it("a folder that may not be written is no fault of the program's", async ({ skip }) => {
  if (process.getuid?.() !== 0) skip("nobody else's folder can be made");
  const site = new ClxSite();
  cpSync(`${showcase}/course.yaml`, `${site.folder}/course.yaml`);
  cpSync(`${showcase}/slides`, `${site.folder}/slides`, { recursive: true });
  chmodSync(site.folder, 0o755);

  const { code, stderr } = await site.run(["build", "course.yaml"], { uid: 65_534, gid: 65_534 });

  expect(code).toBe(3);
  expect(stderr).toContain(`${site.folder}/.clx`);
  expect(stderr).toContain("look at the owner and mode");
  expect(stderr).toContain("(clx explain file_refused)");
});
