import { describe, expect, it } from "vitest";
import { CourseSite, slidesOf } from "../../../test/support/course-site.ts";
import { readCourse } from "../discovery/read-course.ts";
import { relativeTo } from "../relative-to.ts";
import { FileHashes } from "./file-hashes.ts";
import { makePlan } from "./make-plan.ts";
import type { PlanParams } from "./plan-params.ts";

const spec = `name: { de: "Kurs: C#", en: "Course: C#" }
prog-lang: python
sections:
  - name: { de: "Teil 1/2", en: "Part 1/2" }
    topics: [lists, tuples]
`;
const folder = "slides/module_1/topic_100_lists";
const files = {
  "course.yaml": spec,
  [`${folder}/slides_lists.py`]: slidesOf("Was? Listen!", "What? Lists!"),
  [`${folder}/pu/a.pu`]: "@startuml\n!include ../shared.iuml\nA -> B\n@enduml\n",
  [`${folder}/shared.iuml`]: "skinparam monochrome true\n",
  [`${folder}/img/photo.png`]: "png",
  [`${folder}/helper.py`]: "x = 1\n",
  "slides/module_1/topic_110_tuples/slides_tuples.py": slidesOf("Tupel", "Tuples"),
};

async function planOf(site: CourseSite, params: Partial<PlanParams> = {}) {
  const { course } = readCourse({ specPath: site.path("course.yaml") });
  if (course === undefined) throw new Error("the spec cannot be used");
  const kernelFor = () => Promise.resolve("1");
  const picturesIn = async (_: unknown, first: string) => [first];
  const identity = { plantuml: "1", drawio: "1", notebook: "1", picturesIn, kernelFor };
  const cacheFolder = site.path(".clx/build");
  return await makePlan({
    ...{ course, hashes: new FileHashes(), cacheFolder, identity },
    ...params,
  });
}

describe("makePlan", () => {
  it("puts every version of a notebook where readers of older builds look for it", async () => {
    const site = new CourseSite(files);

    const { plan } = await planOf(site);

    const published = plan.steps.flatMap((step) => (step.kind === "publish" ? step.outputs : []));
    const paths = published.map(({ path }) => relativeTo(site.path("output"), path));
    expect(paths).toHaveLength(2 * 18);
    expect(paths).toContain(
      "public/De/Kurs CSharp/Folien/Notebooks/Code-Along/Teil 1_2/01 Was Listen.ipynb",
    );
    expect(paths).toContain("speaker/En/Course CSharp/Slides/Python/Speaker/Part 1_2/02 Tuples.py");
    expect(paths).toContain(
      "public/En/Course CSharp/Slides/Html/Completed/Part 1_2/01 What Lists.html",
    );
  });

  it("copies data and pictures, drawn ones too, to each version", async () => {
    const site = new CourseSite(files);

    const { plan } = await planOf(site);

    const section = "public/En/Course CSharp/Slides/Notebooks/Completed/Part 1_2";
    const there = plan.copies
      .map(({ to }) => relativeTo(site.path("output"), to))
      .filter((path) => path.startsWith(section));
    expect(there.map((path) => path.slice(section.length + 1)).toSorted()).toEqual([
      "helper.py",
      "img/a.png",
      "img/photo.png",
      "shared.iuml",
    ]);
  });

  it.each([
    ["a helper module", `${folder}/helper.py`, ["pages lists de", "pages lists en"]],
    ["a picture", `${folder}/img/photo.png`, ["pages lists de", "pages lists en"]],
    ["a diagram", `${folder}/pu/a.pu`, ["draw a", "pages lists de", "pages lists en"]],
    [
      "what a diagram includes",
      `${folder}/shared.iuml`,
      ["draw a", "pages lists de", "pages lists en"],
    ],
    [
      "another notebook",
      "slides/module_1/topic_110_tuples/slides_tuples.py",
      ["publish tuples de", "pages tuples de", "publish tuples en", "pages tuples en"],
    ],
  ])("knows what is made from %s", async (_, path, expected) => {
    const site = new CourseSite(files);
    const before = await planOf(site);

    site.write(path, `${files[path as keyof typeof files]}\n# changed\n`);

    const after = await planOf(site);
    const changed = after.plan.steps.filter(({ id, inputs }) => {
      const was = before.plan.steps.find((step) => step.id === id);
      return JSON.stringify(was?.inputs) !== JSON.stringify(inputs);
    });
    expect(changed.map(({ id }) => shortened(id))).toEqual(expected);
  });

  it.each([
    ["that speaks of it", "import slides_lists\n", true],
    ["with a module that speaks of it", "import helper\n", true, "import slides_lists\n"],
    ["that looks through folders", "Path('.').glob('*.py')\n", true],
    ["that puts names together", "importlib.import_module(f'slides_{name}')\n", true],
    ["that does not", "global_value = 1\n", false],
  ])("puts a notebook beside each other, as an input of one %s: %#", async (...row) => {
    const [, code, isInput, helper = "x = 1\n"] = row;
    const more = `${folder}/slides_more.py`;
    const site = new CourseSite({
      ...files,
      [`${folder}/helper.py`]: helper,
      [more]: slidesOf("Mehr", "More", code),
    });

    const { plan } = await planOf(site);

    const pages = plan.steps.find(({ id }) => id === `pages of ${more} en`);
    expect(pages).toMatchObject({ siblings: [{ relative: "slides_lists.py", isInput }] });
    expect(Object.keys(pages?.inputs ?? {}).includes("slides_lists.py")).toBe(isInput);
  });

  it("knows a diagram from a file of the same name that it includes", async () => {
    const site = new CourseSite({
      ...files,
      [`${folder}/pu/a.pu`]: "@startuml\n!include ../a.pu\nA -> B\n@enduml\n",
      [`${folder}/a.pu`]: "@startuml\nskinparam monochrome true\n@enduml\n",
    });

    const { plan } = await planOf(site);

    const step = plan.steps.find(({ id }) => id.endsWith("/pu/a.pu"));
    expect(Object.keys(step?.inputs ?? {})).toEqual(["a.pu", "../a.pu", "plantuml"]);
  });

  it("takes from the last build what an unchanged diagram is drawn to", async () => {
    const site = new CourseSite(files);
    const { plan } = await planOf(site);
    const [step] = plan.steps;
    if (step?.kind !== "draw") throw new Error("nothing is drawn");
    const first = step.pictures[0]?.path ?? "";
    const left = [first, first.replace("a.png", "b.png")];
    const leftBefore: PlanParams["leftBefore"] = (id, inputs) =>
      id === step.id && inputs["a.pu"] === step.inputs["a.pu"] ? left : undefined;
    const picturesOf = async () => {
      const [now] = (await planOf(site, { leftBefore })).plan.steps;
      return now?.kind === "draw" ? now.pictures.map(({ path }) => path) : [];
    };

    expect(await picturesOf()).toEqual(left);
    site.write(`${folder}/pu/a.pu`, "@startuml\nB -> C\n@enduml\n");
    expect(await picturesOf()).toEqual([first]);
  });

  it("draws before it shows", async () => {
    const { plan } = await planOf(new CourseSite(files));

    const lists = plan.steps.find(
      ({ id }) => id.startsWith("pages") && id.includes("slides_lists"),
    );

    expect(lists?.after).toEqual([`draw ${folder}/pu/a.pu`]);
  });

  it("refuses two sources for one output, and names both", async () => {
    const site = new CourseSite({
      ...files,
      "slides/module_1/topic_110_tuples/helper.py": "x = 2\n",
    });

    const { problems } = await planOf(site);

    expect(problems).toMatchObject([{ severity: "error", code: "double_output" }]);
    expect(problems[0]?.message).toMatch(
      /topic_100_lists\/helper\.py and .*topic_110_tuples\/helper\.py/,
    );
  });
});

describe("problems of a plan", () => {
  it("names the diagrams, not their pictures, when two would be one output", async () => {
    const site = new CourseSite({
      ...files,
      "slides/module_1/topic_110_tuples/pu/a.pu": "@startuml\nC -> D\n@enduml\n",
    });

    const { problems } = await planOf(site);

    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^slides\/module_1\/topic_100_lists\/pu\/a\.pu and slides\/module_1\/topic_110_tuples\/pu\/a\.pu would both be /,
      ),
    ]);
  });

  it("takes one file from two topics, when it says the same", async () => {
    const site = new CourseSite({
      ...files,
      "slides/module_1/topic_110_tuples/helper.py": "x = 1\n",
    });

    expect((await planOf(site)).problems).toEqual([]);
  });

  it.each([
    ["the folder of a copied tree", "path: code", "out", "folders: [{ name: c, path: . }]"],
    ["the sources", "path: slides", "slides", ""],
  ])("does not let outputs go into %s", async (_, __, path, folders) => {
    const targets = `targets: [{ name: t, path: ${path} }]\n${folders}\n`;
    const site = new CourseSite({ ...files, "course.yaml": spec + targets });

    const { problems } = await planOf(site);

    expect(problems).toMatchObject([{ severity: "error", code: "output_in_sources" }]);
  });
});

function shortened(id: string): string {
  return id.replace(/( of)? .*\/(?:slides_)?(\w+)\.\w+/, " $2");
}
