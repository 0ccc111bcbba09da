import { describe, expect, it } from "vitest";
import { CourseBuildSite, courseFiles, onlyPages, topicFolder } from "../support/course-build.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

const source = `${topicFolder}/pu/flow.puml`;
const section = "output/En/Course/Slides/Html/Completed/One";

function siteWithDiagram(): CourseBuildSite {
  return new CourseBuildSite({
    ...courseFiles('# %% [markdown]\n# <img src="img/flow.png" alt="flow">\n', {
      targets: onlyPages,
    }),
    [source]: "@startuml\nA -> B : one\n@enduml\n",
    "slides/module_100_one/topic_110_other/slides_other.py":
      '# {{ header("Anderes", "Other") }}\n\n# %% [markdown]\n# text\n',
    "course.yaml": String(courseFiles("", { targets: onlyPages })["course.yaml"]).replace(
      "[lists]",
      "[lists, other]",
    ),
  });
}

describe("a diagram", () => {
  it("that was edited is in the page, and beside it, in the same build", async () => {
    const site = siteWithDiagram();
    await site.build();
    const before = [site.read(`${section}/01 Lists.html`), site.read(`${section}/img/flow.png`)];
    site.write(source, "@startuml\nA -> B : two\nB -> C\n@enduml\n");

    const summary = await site.summary();

    expect(summary).toMatchObject({ built: 2, up_to_date: 1, copied: 1, exit_code: 0 });
    expect(site.read(`${section}/01 Lists.html`)).not.toBe(before[0]);
    expect(site.read(`${section}/img/flow.png`)).not.toBe(before[1]);
    expect(await site.summary()).toMatchObject({ built: 0, copied: 0 });
  });

  it("is known after its build, so that the next has nothing to look into", async () => {
    const site = siteWithDiagram();
    await site.build();
    const [path = ""] = site.tree(".clx").filter((name) => name.endsWith("record.jsonl"));
    const known = site.read(`.clx/${path}`);

    await site.build();

    expect(site.read(`.clx/${path}`)).toBe(known);
  });

  it("with a mistake is told with its line; what needs it is skipped, the rest is built", async () => {
    const site = siteWithDiagram();
    await site.build();
    const page = site.read(`${section}/01 Lists.html`);
    const picture = site.read(`${section}/img/flow.png`);
    site.write(source, "@startuml\nA -> B : one\nA ->->-> nothing of this kind\n@enduml\n");
    const other = "slides/module_100_one/topic_110_other/slides_other.py";
    site.write(other, site.read(other).replace("text", "changed"));

    const { code, stderr } = await site.build();

    expect(code).toBe(1);
    expect(stderr).toMatch(/failed: draw .*flow\.puml: flow\.puml, line 3: /);
    expect(stderr).toMatch(
      /skipped: pages of .*slides_lists\.py en, because of: draw .*flow\.puml/,
    );
    expect(stderr).toMatch(/1 built, 1 failed, 1 skipped/);
    expect(site.read(`${section}/02 Other.html`)).toContain("changed");
    expect(site.read(`${section}/01 Lists.html`)).toBe(page);
    expect(site.read(`${section}/img/flow.png`)).toBe(picture);
  });

  it("is drawn with all others of its file, and goes when it goes", async () => {
    const site = siteWithDiagram();
    site.write(
      source,
      "@startuml\nA -> B\n@enduml\n@startuml back\nB -> A\n@enduml\n@startuml\nC -> D\n@enduml\n",
    );
    site.write(`${topicFolder}/drawio/plan.drawio`, pagesNamed("Front", "Rear"));

    expect(await site.summary()).toMatchObject({ built: 4, failed: [] });

    const pictures = () => site.tree(`${section}/img`);
    expect(pictures()).toEqual([
      ...["back.png", "flow.png", "flow_002.png", "plan-Rear.png", "plan.png"],
    ]);
    expect(await site.summary()).toMatchObject({ built: 0, copied: 0, removed: 0 });

    site.write(source, "@startuml\nA -> B\n@enduml\n@startuml onward\nB -> A\n@enduml\n");
    site.write(`${topicFolder}/drawio/plan.drawio`, pagesNamed("Front"));
    const explained = await site.build("--explain");

    expect(explained.stdout).toContain(`draw ${source}: flow.puml changed`);
    expect(explained.stdout).toMatch(/pages of .*: img\/flow\.png changed, img\/plan\.png changed/);
    expect(pictures()).toEqual(["flow.png", "onward.png", "plan.png"]);
  });

  it("is not drawn where another one is drawn to", async () => {
    const site = siteWithDiagram();
    site.write(
      `${topicFolder}/pu/other.puml`,
      `@startuml\nA\n@enduml\n@startuml flow\nB\n@enduml\n`,
    );

    const { code, stderr } = await site.build();

    expect(code).toBe(2);
    expect(stderr).toMatch(/pu\/flow\.puml and .*pu\/other\.puml would both be img\/flow\.png/);
  });

  it("tells of letters that it has boxes for, and again when it is up to date", async () => {
    const site = siteWithDiagram();
    site.write(source, "@startuml\nA -> B : 中\n@enduml\n");

    const warnings = [
      expect.stringMatching(
        /pu\/flow\.puml: flow\.png has boxes for letters .*: 中; .*\bPLANTUML_JAR\b/,
      ),
    ];
    expect(await site.summary()).toMatchObject({ status: "built", warnings });
    expect(await site.summary()).toMatchObject({ built: 0, warnings });
  });

  it("is never drawn into the sources", async () => {
    const site = siteWithDiagram();
    const before = site.tree("slides");

    await site.build();

    expect(site.tree("slides")).toEqual(before);
  });
});

/** A draw.io file with a box on each page. */
function pagesNamed(...names: readonly string[]): string {
  const box = `<mxGraphModel><root><mxCell id="0"/><mxCell id="1" parent="0"/>
<mxCell id="2" value="box" style="rounded=0;" vertex="1" parent="1"><mxGeometry width="80" height="40" as="geometry"/></mxCell>
</root></mxGraphModel>`;
  return `<mxfile>${names.map((name) => `<diagram name="${name}">${box}</diagram>`).join("")}</mxfile>`;
}
