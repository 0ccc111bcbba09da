import { describe, expect, it } from "vitest";
import type { JsonValue } from "../domain/json.ts";
import { mathStyle } from "../workers/notebook/math-style.ts";
import { type Cell, type CellOutput, type Kind, kinds, type Notebook } from "./notebook.ts";
import { readPercent } from "./read-percent.ts";
import { selectCells } from "./select-cells.ts";
import { writeHtml } from "./write-html.ts";

const pixel = Buffer.from("a picture");

describe("a page", () => {
  it("holds all that it needs: nothing is loaded from elsewhere", () => {
    const { html } = pageOf(`# %% [markdown]
# # A title
# ![A drawing](img/x.png) and <img src="./img/x.png" alt=""> and $x^2$

# %%
print("hello")`);

    expect(html).not.toMatch(/(?:src|href)="(?!data:|#)/);
    expect(html).not.toMatch(/url\((?!data:)/);
    expect(html.split(`data:image/png;base64,${pixel.toString("base64")}`)).toHaveLength(3);
  });

  it("holds films too, and names pictures that have no words after their files", () => {
    const { html } = pageOf(
      '# %% [markdown]\n# <img src="img/x.png"> <video controls src="img/x.png"></video>',
    );

    expect(html).toMatch(/<img src="data:image\/png;base64,[^"]*" alt="x">/);
    expect(html).toMatch(/<video controls="" src="data:image\/png;base64,[^"]*"><\/video>/);
  });

  it("loads from other hosts what its author points at there, and from no others", () => {
    const { html } = pageOf("# %% [markdown]\n# ![](https://pictures.example/x.png)");

    expect(html).toContain("img-src data: https://pictures.example http://pictures.example;");
    expect(pageOf("# %%\n1").html).toContain("img-src data:;");
  });

  it("names once, with its line, what readers must fetch from elsewhere", () => {
    const { warnings } = pageOf(`# %% [markdown]
# text
#
# %% [markdown]
# ![](https://pictures.example/x.png) <img src="//other.example/y.png">
# <iframe src="https://films.example/1"></iframe> [a link](https://links.example)

# %% [markdown]
# <IMG src='https://pictures.example/x.png'>`);

    expect(warnings).toEqual([
      {
        ...{ code: "remote_picture", line: 4 },
        message: expect.stringContaining('"https://pictures.example/x.png" is not in the page'),
      },
      { code: "remote_picture", line: 4, message: expect.stringContaining("//other.example/y") },
    ]);
  });

  it("says which picture was probably meant by one that is not there", () => {
    const { warnings } = pageOf("# %% [markdown]\n# ![](IMG/X.png) ![](y.png)");

    expect(warnings.map(({ message }) => message.split("; ")[1])).toEqual([
      ...["did you mean img/x.png?", "it must stand beside the page"],
    ]);
  });

  it("names styles and objects that it leaves out", () => {
    const { html, warnings } = pageOf(`# %% [markdown]
# <link rel="stylesheet" href="https://styles.example/a.css"><link rel="icon" href="x.ico">
# <object data="film.swf"></object> <embed src="x.pdf">`);

    expect(html).not.toMatch(/styles\.example|film\.swf|x\.(pdf|ico)/);
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(/^element_removed: .*"https:\/\/styles\.example\/a\.css" is left out/),
      expect.stringMatching(/^element_removed: <object> is left out/),
      expect.stringMatching(/^element_removed: <embed> is left out/),
    ]);
  });

  it("is the same each time", () => {
    const source = "# %% [markdown]\n# # A\n# $a$\n\n# %%\nx = 1";

    expect(pageOf(source).html).toBe(pageOf(source).html);
  });

  it("takes less than 60 kB without formulas and pictures, and their fonts only with formulas", () => {
    const plain = pageOf("# %% [markdown]\n# # A title\n\n# %%\nx = 1").html;
    const formula = pageOf("# %% [markdown]\n# $\\mathbb{R}$").html;

    expect(plain.length).toBeLessThan(60_000);
    expect(plain).not.toContain("@font-face");
    expect(formula).toContain("@font-face");
    expect(formula).toContain("KaTeX_AMS");
    expect(formula).not.toMatch(/@font-face\{[^}]*KaTeX_Fraktur/);
  });

  it("says its language, its title and its landmarks", () => {
    const { html } = pageOf("# %% [markdown]\n# # Eins\n# ## Zwei\n# ## Drei", { language: "de" });

    expect(html).toContain('<html lang="de"');
    expect(html).toContain("<title>Lists &amp; Sets</title>");
    expect(html).toContain('<a class="skip" href="#content">Zum Inhalt springen</a>');
    expect(html).toContain('<main id="content"');
    expect(html).toContain('<nav class="contents" aria-label="Inhalt">');
    expect(html).toContain('<li class="deep"><a href="#zwei">Zwei</a></li>');
  });

  it("gives equal headings ids of their own", () => {
    const { html } = pageOf("# %% [markdown]\n# ## Übung\n# ## Übung\n# <h2>Übung</h2>");

    expect([...html.matchAll(/<h2 id="([^"]*)"/g)].map(([, id]) => id)).toEqual([
      "übung",
      "übung-2",
      "übung-3",
    ]);
  });

  it("begins a slide at each slide and subslide", () => {
    const { html } = pageOf(`# %%
before = 1

# %% [markdown] tags=["slide"]
# One

# %% tags=["notes"]
spoken = 1

# %% [markdown] tags=["subslide"]
# Two`);

    expect([...html.matchAll(/<section class="slide" id="([^"]*)"/g)].map(([, id]) => id)).toEqual([
      "slide-1",
      "slide-2",
      "slide-3",
    ]);
  });

  it("leaves room for code where a reader shall write it", () => {
    const { html } = pageOf("# %%\nx = 1", { kind: "code-along" });

    expect(html).toContain('<pre class="code room" role="group" aria-label="Room for your code">');
    expect(html).not.toContain("x = 1");
  });

  it("names what readers will miss, with its line", () => {
    const { warnings, html } = pageOf(`# %% [markdown]
# ![](img/none.png)

# %% [markdown]
# $\\nope{$ <script>alert(1)</script>`);

    expect(warnings.map(({ code, line }) => [code, line])).toEqual([
      ["missing_picture", 1],
      ["bad_math", 4],
      ["script_removed", 4],
    ]);
    expect(html).not.toContain("alert(1)");
  });

  it("takes money for money, and formulas for formulas", () => {
    const { html } = pageOf(`# %% [markdown]
# It costs $5 and $6, and \\$x\\$ is no formula.
#
# $$
# a
# $$
#
# \\begin{align} b &= c \\end{align}`);

    expect(html).toContain("It costs $5 and $6, and $x$ is no formula.");
    expect(html.split('class="katex-display"')).toHaveLength(3);
  });
});

describe("what is hostile in a page", () => {
  const closing = "</code></pre></div></section></main></body></script><script>alert(1)</script>";

  it.each([
    ["code", `# %%\nx = "${closing}"`, []],
    ["a printed text", "# %%\nx", [{ kind: "stream", name: "stdout", text: closing }]],
    ["an error", "# %%\nx", [{ kind: "error", name: "E", message: "", traceback: [closing] }]],
    ["a plain result", "# %%\nx", [result({ "text/plain": closing })]],
    ["a JSON result", "# %%\nx", [result({ "application/json": { a: closing } })]],
    ["a Markdown result", "# %%\nx", [result({ "text/markdown": `# ${closing}` })]],
    ["a LaTeX result", "# %%\nx", [result({ "text/latex": `$${closing}$` })]],
    [
      "a drawing",
      "# %%\nx",
      [result({ "image/svg+xml": `<svg onload="alert(1)">${closing}</svg>` })],
    ],
    ["a picture", "# %%\nx", [result({ "image/png": `"><script>alert(1)</script>` })]],
    ["text", `# %% [markdown]\n# ${closing}`, []],
    ["a handler", `# %% [markdown]\n# <img src="data:," onerror="alert(1)">`, []],
    [
      "a link",
      `# %% [markdown]\n# <a href=" java\tscript:alert(1)">x</a> [y](javascript:alert(1))`,
      [],
    ],
    ["a title", "# %%\nx", [], `</title>${closing}`],
  ] as HostileRow[])("stays within it: %s", (_, source, outputs, title) => {
    const { html } = pageOf(source, { outputs, title });

    const own = html.replace(/<script>\n?\(\(\)=>[\s\S]*?<\/script>/, "");
    expect(own).not.toMatch(/<script|onerror=|onload=|href="\s*java/i);
    expect(html.match(/<\/main>/g)).toHaveLength(1);
    expect(html.match(/<\/section>/g)).toHaveLength(1);
    expect(html).toMatch(/script-src &#39;sha256-[\w+/=]+&#39;;/);
  });

  it("runs in a frame that cannot reach the page, when it is an output with scripts", () => {
    const outputs = [result({ "text/html": "<p>plot</p><script>draw()</script>" })];

    const { html } = pageOf("# %%\nx", { outputs });

    expect(html).toContain('<iframe class="dynamic" sandbox="allow-scripts"');
    expect(html).not.toContain("<script>draw()");
  });

  it("tells of pictures in outputs that come from elsewhere, and of nothing else in them", () => {
    const shown = '<img src="https://pictures.example/x.png"><img src="none.png"><object></object>';

    const { warnings } = pageOf("# %%\nx", { outputs: [result({ "text/html": shown })] });

    expect(warnings.map(({ code, line }) => [code, line])).toEqual([["remote_picture", 1]]);
  });

  it("keeps tables of outputs in the page, without what would run", () => {
    const table =
      "<table onclick='x()'><thead><tr><th></th><th>a</th></tr></thead></table></div></main>";

    const { html } = pageOf("# %%\nx", { outputs: [result({ "text/html": table })] });

    expect(html).toContain(
      '<div class="rich"><div class="wide"><table><thead><tr><td></td><th>a</th></tr></thead></table></div></div>',
    );
  });
});

describe("what is private", () => {
  const source = `# %% [markdown] tags=["notes"] title="SECRET"
# SECRET

# %% tags=["private"] note="SECRET"
"SECRET"

# %% [markdown] tags=["private", "slide"]
# # SECRET

# %% tags=["notes", "keep"]
SECRET = 1

# %% [markdown] tags=["del"]
# SECRET

# %%
public = 1`;

  it.each(kinds.filter((kind) => kind !== "speaker"))("is nowhere in a page for %s", (kind) => {
    const { html } = pageOf(source, { kind });

    expect(html).not.toMatch(/SECRET/i);
    expect(pageOf(source, { kind: "speaker" }).html).toMatch(/SECRET/);
  });
});

type HostileRow = [name: string, source: string, outputs: readonly CellOutput[], title?: string];

function result(data: { readonly [media: string]: JsonValue }): CellOutput {
  return { kind: "result", data, metadata: {} };
}

function pageOf(
  source: string,
  wish: {
    readonly kind?: Kind;
    readonly language?: string;
    readonly title?: string | undefined;
    readonly outputs?: readonly CellOutput[];
  } = {},
) {
  const { kind = "completed", language = "en", title = "Lists & Sets", outputs = [] } = wish;
  const selected = selectCells(readPercent(source, "python"), { kind, language });
  return writeHtml(withOutputs(selected, outputs), {
    ...{ title, language, kind, mathStyle },
    pictures: {
      find: (path) => (path === "img/x.png" ? { media: "image/png", bytes: pixel } : undefined),
      nearest: (path) => (path.toLowerCase() === "img/x.png" ? "img/x.png" : undefined),
    },
  });
}

function withOutputs(notebook: Notebook, outputs: readonly CellOutput[]): Notebook {
  if (outputs.length === 0) return notebook;
  return { ...notebook, cells: notebook.cells.map((cell): Cell => ({ ...cell, outputs })) };
}
