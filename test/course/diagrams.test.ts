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

  it("is never drawn into the sources", async () => {
    const site = siteWithDiagram();
    const before = site.tree("slides");

    await site.build();

    expect(site.tree("slides")).toEqual(before);
  });
});
