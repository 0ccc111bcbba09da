import { describe, expect, it } from "vitest";
import { expandHeader, titlesOf } from "./header.ts";
import { readIpynb } from "./read-ipynb.ts";
import { readPercent } from "./read-percent.ts";
import { renderProse } from "./render-prose.ts";
import { writeCode } from "./write-code.ts";
import { writeIpynb } from "./write-ipynb.ts";

const source = `# j2 from 'macros.j2' import header
# {{ header("Listen", "Lists") }}

# %% [markdown] lang="de" tags=["slide", "keep"]
# ## Was ist eine Liste?
#
# - eins

# %% tags=['keep'] custom=3 collapsed=true
# %matplotlib inline
x = f"{{1}}"


def f():
    return x

# %% A title [md]
"""
Quoted text
"""
`;

describe("readPercent", () => {
  const { cells } = readPercent(source, "python");

  it("finds the cells, their kinds and where they begin", () => {
    expect(cells.map(({ kind, line }) => [kind, line])).toEqual([
      ["code", 1],
      ["markdown", 4],
      ["code", 9],
      ["markdown", 17],
    ]);
  });

  it("takes language, tags and slide type from the marker and keeps the rest", () => {
    expect(cells[1]).toMatchObject({ lang: "de", tags: ["slide", "keep"], slide: "slide" });
    expect(cells[2]).toMatchObject({
      tags: ["keep"],
      metadata: { custom: 3, collapsed: true },
    });
    expect(cells[3]?.metadata).toEqual({ title: "A title" });
  });

  it("takes comment signs off texts and off commands to the kernel", () => {
    expect(cells[1]?.source).toBe("## Was ist eine Liste?\n\n- eins");
    expect(cells[2]?.source).toBe('%matplotlib inline\nx = f"{{1}}"\n\n\ndef f():\n    return x');
    expect(cells[3]?.source).toBe("Quoted text");
  });

  it("reads a file of Windows as it reads any other", () => {
    const windows = readPercent(source.replaceAll("\n", "\r\n"), "python");

    expect(windows).toEqual(readPercent(source, "python"));
  });

  it("passes over the head that Jupytext writes", () => {
    const head = "# ---\n# jupyter:\n#   kernelspec: x\n# ---\n\n";

    const { cells: found } = readPercent(`${head}# %%\nx = 1\n`, "python");

    expect(found.map((cell) => [cell.source, cell.line])).toEqual([["x = 1", 6]]);
  });

  it("knows the comments of other languages", () => {
    const text = '// %% [markdown] lang="en"\n// # Title\n\n// %%\nint x = 1; // %% not a marker\n';

    const { cells: found } = readPercent(text, "cpp");

    expect(found.map(({ kind, source: inner }) => [kind, inner])).toEqual([
      ["markdown", "# Title"],
      ["code", "int x = 1; // %% not a marker"],
    ]);
  });

  it("names equal cells apart, and by their text alone", () => {
    const twice = readPercent("# %%\nx\n\n# %%\nx\n\n# %%\ny\n", "python").cells;
    const once = readPercent("# %%\ny\n", "python").cells;

    expect(new Set(twice.map(({ id }) => id)).size).toBe(3);
    expect(twice[2]?.id).toBe(once[0]?.id);
  });
});

describe("expandHeader", () => {
  it("makes of the call a slide for each language, with what the course is branded with", () => {
    const branding = { author: "Ada", organisation: "Academy <1>" };

    const { cells } = expandHeader(readPercent(source, "python"), () => branding);

    expect(cells.slice(0, 2).map(({ lang, tags }) => [lang, tags])).toEqual([
      ["de", ["slide"]],
      ["en", ["slide"]],
    ]);
    expect(cells[1]?.source).toContain("<b>Lists</b>");
    expect(cells[1]?.source).toContain("Academy &lt;1&gt;");
  });

  it("knows the titles in either kind of quotes", () => {
    expect(titlesOf('// {{ header(\'Die "Liste"\', "It\'s") }}')).toEqual({
      de: 'Die "Liste"',
      en: "It's",
    });
    expect(titlesOf("# nothing")).toBeUndefined();
  });
});

describe("renderProse", () => {
  const render = (text: string) =>
    renderProse(readPercent(text, "python"), { language: "en", format: "html" }).cells[0]?.source;

  it("renders texts and leaves code alone", () => {
    expect(render("# %% [markdown]\n# {% if is_html %}page {{ lang }}{% endif %}\n")).toBe(
      "page en",
    );
    expect(render('# %%\nf"{{1}}"\n')).toBe('f"{{1}}"');
  });

  it("tells the line of a name that nobody has set", () => {
    expect(() => render("# %% [markdown]\n# fine\n# {{ nobody }}\n")).toThrow(/^line 3: .*nobody/);
  });
});

describe("what is written", () => {
  it("is a program without tags and languages", () => {
    expect(writeCode(readPercent(source, "python"))).toMatch(
      /\n# %% \[markdown\]\n# ## Was ist eine Liste\?\n#\n# - eins\n\n# %%\n# %matplotlib inline\nx = /,
    );
  });

  it("is a notebook that reads back as it was", () => {
    const notebook = readPercent(source, "python");

    const again = readIpynb(writeIpynb(notebook), "python");

    const told = ({ cells }: typeof notebook) =>
      cells.map(({ line: _line, slide: _slide, metadata: _metadata, ...cell }) => cell);
    expect(told(again)).toEqual(told(notebook));
  });
});

describe("a notebook of the other format", () => {
  const cell = (facts: object) => JSON.stringify({ cells: [facts] });

  it("may have headings as older ones had, which are text", () => {
    const text = cell({ cell_type: "heading", level: 2, source: ["Lists"] });

    expect(readIpynb(text, "python").cells).toMatchObject([
      { kind: "markdown", source: "## Lists" },
    ]);
  });

  it.each([
    [cell({ cell_type: "sql", source: "" }), /^cell 1 has the type "sql"; known are code/],
    [cell({ source: "1" }), /^cell 1 has no type; known are code/],
    ['{"worksheets": [], "nbformat": 3}', /of format 3; open it in Jupyter and save it/],
    ["[1]", /no notebook of format 4: it has no list of cells/],
  ])("is refused, rather than run by mistake: %j", (text, message) => {
    expect(() => readIpynb(text, "python")).toThrow(message);
  });
});

describe("a marker", () => {
  it.each([
    ["# %%", 1],
    ["#%% [markdown]", 1],
    ["# %%[markdown]", 1],
    ["# %% a title", 1],
    ["# %%%% deeper", 1],
    ["# %%time", 0],
    ["# %matplotlib inline", 0],
    ["# 100 %% sure", 0],
  ])("is %j: %i", (line, markers) => {
    const { cells } = readPercent(`# %%\nx = 1\n${line}\ny = 2\n`, "python");

    expect(cells).toHaveLength(1 + markers);
  });

  it("is none that gives a command to the kernel for its whole cell", () => {
    const { cells } = readPercent("# %%\n# %%time\nx = 1\n", "python");

    expect(cells.map(({ source }) => source)).toEqual(["%%time\nx = 1"]);
  });
});
