import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { CourseBuildSite, courseFiles, onlyPages, topicFolder } from "../support/course-build.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

const notebook = "# %%\nimport helper\nhelper.value\n";
const slides = `${topicFolder}/slides_lists.py`;

it("builds a course, and then starts nothing while nothing changes", async () => {
  const site = new CourseBuildSite(courseFiles(notebook));

  const first = await site.build();

  expect(first).toMatchObject({ code: 0, stdout: "" });
  expect(first.stderr).toMatch(/done in .*: 2 built, 8 copied/);
  expect(site.tree("output")).toContain("En/Course/Slides/Python/Completed/One/01 Lists.py");
  const before = factsOf(site);
  rmSync(join(site.folder, ".clx"), { recursive: true });
  await site.build();
  rmSync(site.databasePath);

  const second = await site.build();

  expect(second.stderr).toMatch(/done in .*: 2 up to date\n/);
  expect(existsSync(site.databasePath)).toBe(false);
  expect(factsOf(site)).toEqual(before);
});

it("writes and removes nothing by way of a link that a worker has left in the outputs", async () => {
  const site = new CourseBuildSite(courseFiles(notebook));
  await site.build();
  const [helper = ""] = site.tree("output").filter((path) => path.endsWith("/helper.py"));
  const folder = join(site.folder, "output", dirname(helper));
  const elsewhere = join(site.folder, "elsewhere");
  rmSync(folder, { recursive: true });
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, folder);

  const warned = await site.build();
  const mended = await site.build();

  expect(warned).toMatchObject({ code: 1 });
  expect(warned.stderr).toContain(`a link leads away from ${folder}`);
  expect(readdirSync(elsewhere).filter((name) => name === "helper.py")).toEqual([]);
  expect(mended).toMatchObject({ code: 0 });
  expect(site.tree("output")).toContain(helper);
});

it("executes code once that is the same in several languages", async () => {
  const targets = onlyPages.replace("[en]", "[de, en]");
  const site = new CourseBuildSite(courseFiles("# %%\nimport uuid\nuuid.uuid4()\n", { targets }));

  await site.build();

  const pages = site.tree("output").filter((path) => path.endsWith(".html"));
  const numbers = pages.map((path) => /UUID\(.*?\)/.exec(site.read(`output/${path}`))?.[0]);
  expect(numbers).toHaveLength(2);
  expect(numbers[0]).toMatch(/^UUID\(.*-.*\)$/);
  expect(numbers[1]).toBe(numbers[0]);
});

it("builds again what was made from what has changed, and says why", async () => {
  const site = new CourseBuildSite(courseFiles(notebook, { targets: onlyPages }));
  await site.build();

  site.write(`${topicFolder}/helper.py`, "value = 'changed'\n");
  const { code, stdout } = await site.build("--explain");

  expect(code).toBe(0);
  expect(stdout).toBe(`pages of ${slides} en: helper.py changed\n`);
  const page = "output/En/Course/Slides/Html/Completed/One/01 Lists.html";
  expect(site.read(page)).toContain("changed");
});

it("says what it would do, and does nothing", async () => {
  const site = new CourseBuildSite(courseFiles(notebook));

  const { code, stdout } = await site.build("--dry-run");

  expect(code).toBe(0);
  expect(stdout).toContain(`publish ${slides} de: it was never built`);
  expect(stdout).toContain("copy output/De/Kurs/Folien/Notebooks/Completed/Eins/data/numbers.csv");
  expect(existsSync(join(site.folder, ".clx"))).toBe(false);
  expect(existsSync(join(site.folder, "output"))).toBe(false);
});

it("parts of a course are built one after the other, and none twice", async () => {
  const site = new CourseBuildSite(courseFiles(notebook));

  expect(await site.summary("--language", "de")).toMatchObject({ built: 1, removed: 0 });
  expect(await site.summary("--language", "en")).toMatchObject({ built: 1, removed: 0 });
  expect(await site.summary()).toMatchObject({ built: 0, up_to_date: 2, copied: 0, removed: 0 });
});

it("removes what is no output any more, and never a .git", async () => {
  const site = new CourseBuildSite(courseFiles(notebook));
  await site.build();
  site.write("output/En/Course/.git/HEAD", "ref: refs/heads/main\n");
  site.write(slides, site.read(slides).replace("Lists", "All Lists"));

  const summary = await site.summary();

  expect(summary).toMatchObject({ built: 2, removed: 2 });
  const sources = site.tree("output").filter((path) => path.includes("01 "));
  expect(sources.filter((path) => path.startsWith("En"))).toEqual([
    "En/Course/Slides/Notebooks/Completed/One/01 All Lists.ipynb",
    "En/Course/Slides/Python/Completed/One/01 All Lists.py",
  ]);
  expect(site.read("output/En/Course/.git/HEAD")).toBe("ref: refs/heads/main\n");
});

it("removes what it made when the course had another name, but not what somebody has changed", async () => {
  const site = new CourseBuildSite(courseFiles(notebook));
  await site.build();
  const mine = "output/En/Course/Slides/Python/Completed/One/helper.py";
  appendFileSync(join(site.folder, mine), "# mine\n");
  site.write("output/En/notes.txt", "mine");
  site.write("course.yaml", site.read("course.yaml").replace("en: Course", "en: Class"));

  await site.build();

  const left = site.tree("output/En").filter((path) => !path.startsWith("Class/"));
  expect(left).toEqual(["Course/Slides/Python/Completed/One/helper.py", "notes.txt"]);
  expect(site.tree("output/En/Class")).toHaveLength(6);
});

it("puts right what somebody has changed in an output, and leaves equal bytes alone", async () => {
  const site = new CourseBuildSite(courseFiles(notebook));
  await site.build();
  const copy = "output/En/Course/Slides/Python/Completed/One/helper.py";
  const code = "output/En/Course/Slides/Python/Completed/One/01 Lists.py";
  const was = site.read(code);
  appendFileSync(join(site.folder, code), "# mine\n");
  utimesSync(join(site.folder, copy), 1, 1);

  const summary = await site.summary();

  expect(summary).toMatchObject({ built: 1, copied: 0 });
  expect(site.read(code)).toBe(was);
  expect(statSync(join(site.folder, copy)).mtimeMs).toBe(1000);
});

describe("a mistake", () => {
  it("in a cell is told with file, line, cell and code; the rest is built; the old page stays", async () => {
    const files = courseFiles(notebook, { targets: onlyPages });
    const site = new CourseBuildSite({
      ...files,
      [`${topicFolder}/slides_more.py`]: '# {{ header("Mehr", "More") }}\n\n# %%\n1\n',
    });
    await site.build();
    site.write(slides, `${files[slides]}\n# %%\nx = 1\nundefined_name\n`);
    site.write(`${topicFolder}/slides_more.py`, '# {{ header("Mehr", "More") }}\n\n# %%\n2\n');
    const page = "output/En/Course/Slides/Html/Completed/One/01 Lists.html";
    const was = site.read(page);

    const { code, stderr } = await site.build();

    expect(code).toBe(1);
    expect(stderr).toMatch(/failed: pages of .*: slides_lists\.py, line 9, cell 3: NameError/);
    expect(stderr).toMatch(/^ {4}> undefined_name$/m);
    expect(stderr).toMatch(/failed after .*: 1 built, 1 failed/);
    expect(site.read(page)).toBe(was);
    expect(await site.summary()).toMatchObject({ failed: [{}], up_to_date: 1, exit_code: 1 });
  });

  it("in the spec is told with line and column, and nothing is built", async () => {
    const site = new CourseBuildSite({
      "course.yaml": "name: x\nprog-lang: pyton\nsections: []\n",
    });

    const { code, stderr } = await site.build();

    expect(code).toBe(2);
    expect(stderr).toMatch(/course\.yaml:2:1: error: .*must be one of.*did you mean python\?/);
    expect(existsSync(join(site.folder, ".clx"))).toBe(false);
  });

  it("in the name of a topic fails the build, and throws none of its outputs away", async () => {
    const files = courseFiles(notebook);
    const site = new CourseBuildSite(files);
    await site.build();
    site.write("course.yaml", String(files["course.yaml"]).replace("[lists]", "[list]"));

    const { code, stderr } = await site.build();

    expect(code).toBe(1);
    expect(stderr).toMatch(/there is no topic "list" below slides\/; did you mean lists\?/);
    expect(site.tree("output")).toContain("En/Course/Slides/Python/Completed/One/01 Lists.py");
  });

  it("without workers of a type starts none of the others, and says why once", async () => {
    const site = new CourseBuildSite({
      ...courseFiles(notebook),
      [`${topicFolder}/pu/flow.puml`]: "@startuml\nA -> B\n@enduml\n",
    });

    const { code, stderr } = await site.build("--notebook-workers", "0");

    expect(code).toBe(3);
    expect(stderr).toMatch(/^clx: no healthy notebook worker .*their count is 0[^\n]*\n$/);
  });

  it("of two sources for one output stops the build before anything is written", async () => {
    const site = new CourseBuildSite({
      ...courseFiles(notebook),
      [`${topicFolder}/01 Lists.py`]: "not the notebook\n",
    });

    const { code, stderr } = await site.build();

    expect(code).toBe(2);
    expect(stderr).toMatch(/01 Lists\.py would both be/);
    expect(existsSync(join(site.folder, "output"))).toBe(false);
  });
});

it("warns once of what two steps and two languages share, and again when all is up to date", async () => {
  const site = new CourseBuildSite(courseFiles('# %% tags=["kept"]\n1\n'));
  const warning = new RegExp(`^warning: ${slides}: line 3: the tag "kept" means nothing`, "gm");

  const [first, second] = [await site.build(), await site.build()];

  expect([...first.stderr.matchAll(warning)]).toHaveLength(1);
  expect([...second.stderr.matchAll(warning)]).toHaveLength(1);
  expect(second.code).toBe(0);
  expect(await site.summary()).toMatchObject({ warnings: [expect.any(String)] });
});

it("takes specs with Windows line ends and paths", async () => {
  const files = courseFiles(notebook.replaceAll("\n", "\r\n"), {
    targets: "  - { name: all, path: 'out\\students', formats: [code], kinds: [completed] }",
  });
  const site = new CourseBuildSite({
    ...files,
    "course.yaml": String(files["course.yaml"]).replaceAll("\n", "\r\n"),
  });

  expect(await site.build()).toMatchObject({ code: 0 });

  expect(site.tree("out/students")).toContain("De/Kurs/Folien/Python/Completed/Eins/01 Listen.py");
});

it("is up to date from wherever it is built", async () => {
  const site = new CourseBuildSite(courseFiles(notebook));
  await site.build();
  const spec = join(site.folder, "course.yaml");

  const { stderr } = await site.run(["build", spec, "--db-path", "other.db"], { cwd: tmpdir() });

  expect(stderr).toMatch(/2 up to date\n/);
  expect(existsSync(join(tmpdir(), "other.db"))).toBe(false);
});

it("a kernel, a tool or a setting that is another builds again what it makes", async () => {
  const site = new CourseBuildSite({
    ...courseFiles(notebook, { targets: onlyPages }),
    [`${topicFolder}/pu/a.puml`]: "@startuml\nA -> B\n@enduml\n",
  });
  await site.build();
  site.write("jupyter/kernels/mine/kernel.json", '{"argv": ["/bin/sh"], "language": "python"}');
  const jar = site.write("plantuml.jar", "");
  const reasons = async (env: Readonly<Record<string, string>>) => {
    const { stdout } = await site.run(["build", "course.yaml", "--dry-run"], { env });
    return stdout.split("\n").filter((line) => line.includes("changed"));
  };

  expect(await reasons({})).toEqual([]);
  expect(await reasons({ JUPYTER_PATH: join(site.folder, "jupyter") })).toEqual([
    `pages of ${slides} en: kernel changed`,
  ]);
  expect(await reasons({ PLANTUML_JAR: jar })).toEqual([
    `draw ${topicFolder}/pu/a.puml: plantuml changed`,
    `pages of ${slides} en: img/a.png changed`,
  ]);
});

it("is quiet when it is told to, and says all when it is told to", async () => {
  const site = new CourseBuildSite(courseFiles(notebook));

  const verbose = await site.build("--output-mode", "verbose");
  const quiet = await site.build("--output-mode", "quiet", "--rebuild");
  const json = await site.build("--output-mode", "json");

  expect(verbose.stderr).toMatch(/^built: publish .*slides_lists\.py de in /m);
  expect(quiet).toMatchObject({ stdout: "", stderr: "" });
  expect(JSON.parse(json.stdout)).toMatchObject({ status: "built", up_to_date: 2 });
});

function factsOf(site: CourseBuildSite) {
  return site.tree("output").map((path) => {
    const { mtimeMs, ino } = statSync(join(site.folder, "output", path));
    return { path, mtimeMs, ino };
  });
}
