import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ClxSite } from "../support/clx.ts";
import { CourseBuildSite, courseFiles, onlySources } from "../support/course-build.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

describe("clx new-course", () => {
  it("makes a course that builds without a warning", { timeout: 120_000 }, async () => {
    const site = new ClxSite();

    const files = await site.ok("new-course", "python-basics");

    expect(files).toContain("python-basics/course.yaml");
    const spec = readFileSync(join(site.folder, "python-basics/course.yaml"), "utf8");
    expect(spec).toMatch(/^# yaml-language-server: \$schema=\.\/course\.schema\.json$/m);
    expect(spec).toContain('en: "Python Basics"');
    const { stdout, stderr, code } = await site.run([
      "build",
      "python-basics/course.yaml",
      "--json",
    ]);
    expect(stderr).not.toMatch(/"event":"problem"/);
    expect(JSON.parse(stdout)).toMatchObject({ status: "built", warnings: [], problems: [] });
    expect(code).toBe(0);
  });

  it("says how to build it, whatever it is called, and refuses what is a file", async () => {
    const site = new CourseBuildSite({ notes: "mine" });

    const made = await site.run(["new-course", "my course"]);
    const refused = await site.run(["new-course", "notes"]);

    expect(made.stderr).toContain('build it with: clx build "my course/course.yaml"');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/notes cannot be a course's folder: it is a file/);
  });

  it.runIf(existsSync("/proc/self"))("says where no folder can be made", async () => {
    const { code, stderr } = await new ClxSite().run(["new-course", "/proc/python/basics"]);

    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot be a course's folder: nothing can be made in \/proc /);
  });

  it("leaves a folder alone that has something in it", async () => {
    const site = new CourseBuildSite({ "mine/notes.txt": "mine" });

    const { code, stderr } = await site.run(["new-course", "mine"]);

    expect(code).not.toBe(0);
    expect(stderr).toMatch(/is not empty: notes\.txt is in it/);
    expect(site.tree("mine")).toEqual(["notes.txt"]);
  });
});

describe("clx outline", () => {
  it("prints sections and titles in the language that is wanted", async () => {
    const site = new CourseBuildSite(courseFiles(""));

    expect(await site.ok("outline", "course.yaml")).toBe("# Course\n\n## One\n\n- Lists");
    expect(await site.ok("outline", "course.yaml", "--language", "de")).toBe(
      "# Kurs\n\n## Eins\n\n- Listen",
    );
    expect(await site.json("outline", "course.yaml")).toMatchObject({
      name: "Course",
      sections: [{ topics: [{ id: "lists", notebooks: [{ number: 1, title: "Lists" }] }] }],
    });
  });

  it("refuses a language that the course has not, with those that it has", async () => {
    const site = new CourseBuildSite(courseFiles(""));

    const { code, stderr } = await site.run(["outline", "course.yaml", "--language", "fr"]);

    expect(code).toBe(2);
    expect(stderr).toMatch(/no language "fr"; it has de, en/);
  });
});

describe("clx targets", () => {
  it("lists what goes where", async () => {
    const site = new CourseBuildSite(courseFiles("", { targets: onlySources }));

    const table = await site.ok("targets", "course.yaml");
    const json = await site.json<{ targets: unknown[] }>("targets", "course.yaml");

    expect(table).toMatch(/^all +completed +notebook,code +de,en +output$/m);
    expect(json.targets).toEqual([
      {
        name: "all",
        path: join(site.folder, "output"),
        kinds: ["completed"],
        formats: ["notebook", "code"],
        languages: ["de", "en"],
      },
    ]);
  });
});
