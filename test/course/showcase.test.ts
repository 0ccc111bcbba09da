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

it("an XML spec of older courses is planned to the same tree", async () => {
  const site = showcaseSite();
  site.write("course.xml", xml);

  const plans = await Promise.all(
    ["course.yaml", "course.xml"].map((spec) =>
      site.json<{ steps: { step: string }[]; copies: { to: string }[] }>(
        "build",
        spec,
        "--dry-run",
      ),
    ),
  );

  const [fromYaml, fromXml] = plans.map(({ steps, copies }) => ({
    steps: steps.map(({ step }) => step),
    copies: copies.map(({ to }) => to),
  }));
  expect(fromXml).toEqual(fromYaml);
  expect(fromXml?.copies.length).toBeGreaterThan(100);
});

const xml = `<?xml version="1.0" encoding="UTF-8"?>
<course>
  <name><de>Kleine Simulationen</de><en>Small Simulations</en></name>
  <prog-lang>python</prog-lang>
  <sections>
    <section>
      <name><de>Zufall</de><en>Chance</en></name>
      <topics><topic>dice</topic><topic>random_walk</topic><topic>seeds</topic></topics>
    </section>
    <section>
      <name><de>Wachstum</de><en>Growth</en></name>
      <topics><topic>population</topic><topic>life</topic></topics>
    </section>
  </sections>
  <dir-groups><dir-group><name>Handouts</name><path>handouts</path></dir-group></dir-groups>
  <output-targets>
    <output-target name="students">
      <path>output/students</path>
      <kinds><kind>code-along</kind></kinds>
      <formats><format>html</format><format>notebook</format></formats>
    </output-target>
    <output-target name="graduates">
      <path>output/graduates</path>
      <kinds><kind>completed</kind></kinds>
    </output-target>
    <output-target name="speaker">
      <path>output/speaker</path>
      <kinds><kind>speaker</kind></kinds>
      <formats><format>html</format><format>notebook</format></formats>
    </output-target>
  </output-targets>
</course>
`;

/** Of pictures and pages too: fonts, engines and order are the same on every machine. */
function digest(site: CourseBuildSite, path: string): string {
  const bytes = readFileSync(join(site.folder, "output", path));
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}
