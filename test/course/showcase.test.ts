import { createHash } from "node:crypto";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CourseBuildSite } from "../support/course-build.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

const showcase = fileURLToPath(new URL("../../examples/course/", import.meta.url));

function showcaseSite(): CourseBuildSite {
  const site = new CourseBuildSite({});
  cpSync(showcase, site.folder, {
    recursive: true,
    filter: (path) => !/[/\\](output|\.clx)$/.test(path),
  });
  return site;
}

describe("the course in examples/course", () => {
  it("builds to the tree that is written down, without a warning", {
    timeout: 180_000,
  }, async () => {
    const site = showcaseSite();
    const sources = site.tree("slides");

    const summary = await site.summary();

    expect(summary).toMatchObject({ status: "built", failed: [], skipped: [], warnings: [] });
    expect(site.tree("slides")).toEqual(sources);
    const lines = site.tree("output").map((path) => `${digest(site, path)}  ${path}`);
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("golden/showcase.txt");
    expect(await site.summary()).toMatchObject({ built: 0, copied: 0, removed: 0 });
  });
});

/** What is drawn or executed may differ by a pixel or a number from machine to machine. */
function digest(site: CourseBuildSite, path: string): string {
  if (/\.(html|png)$/.test(path)) return "-".repeat(16);
  const bytes = readFileSync(join(site.folder, "output", path));
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}
