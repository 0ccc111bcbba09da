import { symlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CourseSite, slidesOf } from "../../../test/support/course-site.ts";
import { readCourse } from "./read-course.ts";

const topic = "slides/module_100_basics/topic_110_lists";
const files = {
  "code/a/one.py": "",
  "code/b/two.py": "",
  [`${topic}/slides_lists.py`]: slidesOf("Listen", "Lists"),
  [`${topic}/slides_more.py`]: "# %%\n1\n",
  [`${topic}/pu/classes.pu`]: "@startuml\nclass A\n@enduml\n",
  [`${topic}/drawio/plan.drawio`]: "<mxfile/>",
  [`${topic}/img/photo.png`]: "png",
  [`${topic}/helper.py`]: "x = 1\n",
  [`${topic}/__pycache__/helper.pyc`]: "",
  [`${topic}/data/build/x.csv`]: "",
  "slides/module_100_basics/topic_100_hello.py": `${slidesOf("Hallo", "Hello")}# %%\nimport os\nimport near\n`,
  "slides/module_100_basics/near.py": "",
};

const yaml = `name: { de: "Python: Grundlagen", en: "Python: Basics" }
prog-lang: python
sections:
  - name: { de: Einführung, en: Introduction }
    topics:
      - hello
      - { id: lists, html: false }
folders:
  - { name: Code, path: code, subfolders: [a, b], root-files: true }
targets:
  - { name: students, path: out/students, kinds: [code-along], languages: [de] }
  - { name: all, path: /srv/all }
`;

const xml = `<?xml version="1.0" encoding="UTF-8"?>
<course>
  <name><de>Python: Grundlagen</de><en>Python: Basics</en></name>
  <prog-lang>python</prog-lang>
  <description/>
  <github><project-slug>x</project-slug></github>
  <sections>
    <section>
      <name><de>Einführung</de><en>Introduction</en></name>
      <topics>
        <topic>hello</topic>
        <topic html="no"> lists
          <dir-group include-root-files="true">
            <name>Code</name><path>code</path>
            <subdirs><subdir>a</subdir><subdir>b</subdir></subdirs>
          </dir-group>
        </topic>
      </topics>
    </section>
    <section><name><de>leer</de><en>empty</en></name></section>
  </sections>
  <output-targets>
    <output-target name="students">
      <path>out/students</path><kinds><kind>code-along</kind></kinds>
      <languages><language>de</language></languages>
    </output-target>
    <output-target name="all"><path>/srv/all</path></output-target>
  </output-targets>
</course>
`;

describe("readCourse", () => {
  it("finds what a topic is made of, and numbers notebooks through the section", () => {
    const site = new CourseSite({ ...files, "course.yaml": yaml });

    const { course, problems } = readCourse({ specPath: site.path("course.yaml") });

    const topics = course?.sections[0]?.topics ?? [];
    expect(problems).toEqual([]);
    expect(
      topics.flatMap(({ notebooks }) => notebooks.map((one) => [one.number, one.title])),
    ).toEqual([
      [1, { de: "Hallo", en: "Hello" }],
      [2, { de: "Listen", en: "Lists" }],
      [3, { de: "slides_more", en: "slides_more" }],
    ]);
    expect(topics[0]?.files.map(({ relative }) => relative)).toEqual(["near.py"]);
    expect(topics[1]).toMatchObject({
      skipsHtml: true,
      diagrams: [{ picture: "img/classes.png" }, { picture: "img/plan.png" }],
      images: [{ relative: "img/photo.png" }],
      files: [{ relative: "helper.py" }],
    });
  });

  it("reads the XML of older courses as the same course", () => {
    const site = new CourseSite({ ...files, "course.yaml": yaml, "specs/course.xml": xml });

    const fromYaml = readCourse({ specPath: site.path("course.yaml") });
    const fromXml = readCourse({ specPath: site.path("specs/course.xml") });

    expect(fromXml.problems).toEqual([]);
    expect({ ...fromXml.course, specPath: "" }).toEqual({ ...fromYaml.course, specPath: "" });
  });

  it("reads from XML whatever YAML may say", () => {
    const site = new CourseSite({
      ...files,
      "logo.svg": "<svg/>",
      "course.yaml": `${yaml.replace("en: Introduction", "en: Introduction, fr: Introduction").replace('Basics"', 'Basics", fr: Bases')}
languages: [en, fr]
author: Ada & Grace
organisation: { en: Academy, fr: Académie }
logo: logo.svg
cell-timeout: 1.5
`,
      "course.xml": xml
        .replace("</name>", "<fr>Bases</fr></name>")
        .replace("<en>Introduction</en>", "<en>Introduction</en><fr>Introduction</fr>")
        .replace(
          "<description/>",
          `<languages><language>en</language><language>fr</language></languages>
           <author>Ada &amp; Grace</author>
           <organisation><en>Academy</en><fr>Académie</fr></organisation>
           <logo>logo.svg</logo>
           <cell-timeout>1.5</cell-timeout>`,
        ),
    });

    const fromYaml = readCourse({ specPath: site.path("course.yaml") });
    const fromXml = readCourse({ specPath: site.path("course.xml") });

    expect(fromXml.course).toMatchObject({
      ...{ author: "Ada & Grace", cellTimeoutMs: 1_500, languages: ["en", "fr"] },
    });
    expect({ ...fromXml.course, specPath: "" }).toEqual({ ...fromYaml.course, specPath: "" });
  });

  it("builds everything into output/ when the spec names no target", () => {
    const site = new CourseSite({
      ...files,
      "course.yaml": "name: X\nprog-lang: python\nsections: []\n",
    });

    const { course } = readCourse({ specPath: site.path("course.yaml") });

    expect(course?.targets).toMatchObject([{ path: site.path("output"), isDefault: true }]);
    expect(course?.name).toEqual({ de: "X", en: "X" });
  });

  it("takes titles from notebooks of the other format, and the file's name where there are none", () => {
    const cells = [{ cell_type: "markdown", source: ['{{ header("Vier", ', '"Four") }}'] }];
    const site = new CourseSite({
      ...files,
      "course.yaml": yaml,
      [`${topic}/slides_a.ipynb`]: JSON.stringify({ cells }),
      [`${topic}/slides_b.ipynb`]: "damaged",
    });

    const { course } = readCourse({ specPath: site.path("course.yaml") });

    const titles = course?.sections[0]?.topics[1]?.notebooks.map(({ title }) => title.en);
    expect(titles).toEqual(["Four", "slides_b", "Lists", "slides_more"]);
  });

  it("follows links to folders and files, but not in circles", () => {
    const site = new CourseSite({ ...files, "course.yaml": yaml, "elsewhere/x.csv": "" });
    symlinkSync(site.path("elsewhere"), site.path(`${topic}/linked`));
    symlinkSync(site.path(topic), site.path(`${topic}/data/round`));

    const { course } = readCourse({ specPath: site.path("course.yaml") });

    const found = course?.sections[0]?.topics[1]?.files.map(({ relative }) => relative);
    expect(found).toEqual(["helper.py", "linked/x.csv"]);
  });

  it("works below a folder that is called like one it passes over", () => {
    const site = new CourseSite();
    for (const [path, text] of Object.entries(files)) site.write(`build/${path}`, text);
    site.write("build/course.yaml", yaml);

    const { course } = readCourse({ specPath: site.path("build/course.yaml") });

    expect(course?.sections[0]?.topics).toHaveLength(2);
  });
});

describe("what is wrong in a spec", () => {
  const problemsOf = (spec: string, name = "course.yaml") => {
    const site = new CourseSite({ ...files, [name]: spec });
    return readCourse({ specPath: site.path(name) }).problems.map(
      ({ line, column, message, hint }) => `${line}:${column} ${message}; ${hint}`,
    );
  };

  it.each([
    [
      "an unknown topic",
      "lists",
      "list",
      /^7:11 there is no topic "list".*; did you mean lists\?$/,
    ],
    ["an unknown key", "html: false", "htm: false", /^7:22 .*no key "htm"; did you mean html\?$/],
    [
      "a wrong word",
      "[code-along]",
      "[codealong]",
      /^11:51 .*must be one of.*did you mean code-along\?/,
    ],
    [
      "an unknown language",
      "prog-lang: python",
      "prog-lang: pyton",
      /^2:1 .*did you mean python\?/,
    ],
    ["a missing key", "prog-lang: python\n", "", /^1:1 prog-lang: is missing; it may be python/],
    ["two targets of one name", "name: all", "name: students", /^12:5 .*the name "students"/],
    [
      "a copy that leaves its output",
      "name: Code",
      "name: Code/../..",
      /^9:7 .*a path within the folder/,
    ],
    [
      "a text for a list",
      "kinds: [code-along]",
      "kinds: code-along",
      /^11:\d+ targets\[1\]\.kinds: must be a list/,
    ],
    ["a name that no folder can have", "Python: Basics", "...", /^1:\d+ name: of the one in "en"/],
    ["an empty name", "Python: Grundlagen", "", /^1:\d+ name: of the one in "de" nothing is left/],
    ["a number for a topic", "- hello", "- 3", /^6:9 .*must be a topic's id, or \{ id: …/],
    ["a text that is no YAML", "sections:", "sections: [", /^\d+:\d+ /],
    ["a text that needs quotes", /\{ de: "P.*\}/, "A: B", /^1:7 .*; a text with ": " in it needs/],
    ["a tab", "  - name: { de", "\t- name: { de", /^4:1 Tabs.*; indent with spaces$/],
    ["a key given twice", "languages: [de] }", "name: x }", /^11:\d+ .*; remove one of them$/],
    ["a time that is none", "folders:", "cell-timeout: 0\nfolders:", /^8:1 .* must be more than 0/],
    ["a time in words", "folders:", "cell-timeout: 5s\nfolders:", /^8:1 .* must be a number/],
    [
      "a text that forgets a language",
      "Einführung, en: Introduction",
      "Einführung",
      /^4:5 there is no text in "en" here; the one in "de" is taken/,
    ],
    [
      "a logo that is not there",
      "folders:",
      "logo: a.svg\nfolders:",
      /^8:1 the logo .*a.svg is not/,
    ],
  ] as const)("is told with its place: %s", (_, was, is, expected) => {
    expect(problemsOf(yaml.replace(was, is))[0]).toMatch(expected);
  });

  it("is told at once, whatever else is wrong, in the order of the file", () => {
    const spec = `nmae: X
prog-lang: pyton
sections:
  - name: A
    topics:
      - { idd: lists, htm: false }
      - helo
targets:
  - { name: one, kinds: [code-allong], path: out }
  - { name: one, path: in }
  - { path: out }
`;

    expect(problemsOf(spec)).toEqual([
      '1:1 the course has no key "nmae"; did you mean name?',
      expect.stringMatching(/^2:1 prog-lang: .*; "pyton": did you mean python\?/),
      '6:11 sections[1].topics[1] has no key "idd"; did you mean id?',
      '6:23 sections[1].topics[1] has no key "htm"; did you mean html?',
      '7:9 there is no topic "helo" below slides/; did you mean hello?',
      expect.stringMatching(/^9:26 targets\[1\]\.kinds\[1\]: .*did you mean code-along\?/),
      expect.stringMatching(/^10:5 .*the name "one"/),
      expect.stringMatching(/^11:5 targets\[3\]\.name: is missing/),
      expect.stringMatching(/^11:5 .*the path out/),
    ]);
  });

  it("is told where it begins, not everywhere that one stumbles after it", () => {
    expect(problemsOf(yaml.replace("sections:", "sections: ["))).toEqual([
      expect.stringMatching(/^4:3 Block collections .*; is a "\[" or "\{" before it left open\?$/),
      expect.stringMatching(/^6:9 /),
      expect.stringMatching(/^\d+:\d+ Flow sequence .* end with a \]/),
    ]);
  });

  it("is told of what XML says in vain, which stops nothing", () => {
    const spec = xml
      .replace("<topics>", "<topcs/><topics>")
      .replace('include-root-files="true"', 'include-root-file="true"')
      .replace("</kind>", "</kind><knd>speaker</knd>")
      .replace("<section><name><de>leer", "<sektion/><section><name><de>leer");
    const site = new CourseSite({ ...files, "c.xml": spec });

    const { course, problems } = readCourse({ specPath: site.path("c.xml") });

    expect(course?.sections).toHaveLength(1);
    expect(new Set(problems.map(({ severity }) => severity))).toEqual(new Set(["warning"]));
    expect(problemsOf(spec, "c.xml")).toEqual([
      "10:7 <section> has no <topcs>; it is passed over; did you mean topics?",
      "13:11 <dir-group> has no attribute include-root-file; it is passed over; did you mean include-root-files?",
      "20:5 <sections> has no <sektion>; it is passed over; did you mean section?",
      "24:62 <kinds> has no <knd>; it is passed over; did you mean kind?",
    ]);
  });

  it("is told of XML where the mistake begins", () => {
    const open = xml.replace("</course>", "").replace("</output-targets>", "");
    const entity = xml.replace("Grundlagen", "&uuml;");

    expect(problemsOf(open, "c.xml")[0]).toMatch(
      /^22:3 the <output-targets> that begins here is never closed/,
    );
    expect(problemsOf(entity, "c.xml")[0]).toMatch(
      /^3:\d+ XML does not know this entity; write the character itself/,
    );
  });

  it.each([
    ["<cell-timeout>5s</cell-timeout>", /^5:3 cell-timeout: must be a number/],
    ["<cell-timeout/>", /^5:3 cell-timeout: must be a number/],
    ["<cell-timeout>0</cell-timeout>", /^5:3 cell-timeout: must be more than 0/],
    ["<cell-timeuot>5</cell-timeuot>", /^5:3 .*"cell-timeuot"; did you mean cell-timeout\?/],
    ["<author> </author>", /^5:3 author: must not be empty/],
    ["<logo>gone.svg</logo>", /^5:3 the logo .*gone\.svg is not there/],
    ["<languages>de</languages>", /^5:3 languages: must not be empty/],
    ["<languages><language>German</language></languages>", /^5:14 .* must be a language/],
    ["<languages><lang>de</lang></languages>", /^5:3 languages: must not be empty/],
  ])("is told of XML with its place: %s", (element, expected) => {
    expect(problemsOf(xml.replace("<description/>", element), "c.xml")[0]).toMatch(expected);
  });

  it("takes a text of XML that names no language for one of all", () => {
    const site = new CourseSite({
      ...files,
      "c.xml": xml.replace(/<name><de>Python.*/, "<name>Python</name>"),
    });

    const { course } = readCourse({ specPath: site.path("c.xml") });

    expect(course?.name).toEqual({ de: "Python", en: "Python" });
  });

  it("is told of XML as well", () => {
    expect(problemsOf(xml.replace("<topic>hello", "<topic>hullo"), "c.xml")[0]).toMatch(
      /^11:9 there is no topic "hullo".*; did you mean hello\?$/,
    );
    expect(problemsOf(xml.replace("</name>", "</nam>"), "c.xml")[0]).toMatch(
      /^3:\d+ <\/name> must come first: the <name> of line 3 is still open/,
    );
    expect(problemsOf(xml.replaceAll("prog-lang", "proglang"), "c.xml").join("\n")).toMatch(
      /4:3 the course has no key "proglang"; did you mean prog-lang\?/,
    );
  });

  it.each([
    ["", /^1:1 the spec is empty/],
    ["some words", /^1:1 the course: must be keys with values/],
  ])("is told of a file that says nothing of a course: %j", (text, expected) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(expected)]);
  });

  it("is told of folders that are not there", () => {
    const site = new CourseSite({ ...files, "course.yaml": yaml });

    const { problems } = readCourse({ specPath: site.path("course.yaml"), root: site.path("no") });

    expect(problems).toMatchObject([
      { code: "no_slides", message: expect.stringMatching(/no.slides/) },
    ]);
    expect(problemsOf(yaml.replace("path: code", "path: gone"))).toEqual([
      expect.stringMatching(/^9:\d+ the folder .*gone is not there; nothing of it is copied/),
    ]);
    expect(problemsOf(yaml.replace("[a, b]", "[a, z]"))).toEqual([
      expect.stringMatching(/^9:\d+ the folder .*z is not there/),
    ]);
  });

  it("is told of two topics with one id", () => {
    const site = new CourseSite({ ...files, "slides/x/topic_9_hello.py": "", "course.yaml": yaml });

    const { problems } = readCourse({ specPath: site.path("course.yaml") });

    expect(problems).toMatchObject([{ severity: "warning", code: "double_topic" }]);
  });
});
