import {
  chmodSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { NotebookSite } from "../../../test/support/notebook-site.ts";
import { formats, kinds } from "../../notebook/notebook.ts";
import { notebookSchema } from "./notebook-payload.ts";

const extensions = { html: "html", notebook: "ipynb", code: "py" } as const;

/** Says in each of its cells who may see it. */
const source = `# {{ header("Listen", "Lists") }}

# %% [markdown] lang="en" tags=["slide"]
# for all {{ lang }} {% if is_html %}on a page{% endif %}

# %% [markdown] lang="de"
# nur deutsch

# %%
shown = "but not to those who type along"

# %% tags=["keep"]
kept = "{{ not a template }}"

# %% tags=["start"]
start = "here"

# %% tags=["alt"]
alternative = "solution"

# %% [markdown] tags=["notes"]
# SECRET of the speaker

# %% tags=["private"]
secret = "SECRET of the speaker"

# %% [markdown] lang="en" tags=["answer"]
# the answer
`;

const everything = kinds.flatMap((kind) => formats.map((format) => ({ kind, format })));

describe("a notebook's versions", () => {
  const seen: Record<string, { readonly has: string[]; readonly lacks: string[] }> = {
    "code-along": {
      has: ["for all en", "{{ not a template }}", "start", "Answer:"],
      lacks: ["deutsch", "type along", "solution", "the answer", "SECRET", "is_html", "{{ header"],
    },
    completed: {
      has: ["for all en", "type along", "{{ not a template }}", "solution", "the answer"],
      lacks: ["deutsch", "start =", "SECRET", "is_html", "{{ header"],
    },
    speaker: {
      has: ["for all en", "type along", "solution", "the answer", "SECRET of the speaker"],
      lacks: ["deutsch", "start =", "is_html", "{{ header"],
    },
  };

  it.each(everything)("give $kind readers as $format what is theirs", async ({ kind, format }) => {
    const site = await NotebookSite.open();
    const path = site.path(`out/deep/file.${extensions[format]}`);

    await site.publish(source, { outputs: [{ path, kind }], execute: "never" });

    const text = readable(readFileSync(path, "utf8"));
    for (const part of seen[kind]?.has ?? []) expect(text).toContain(part);
    for (const part of seen[kind]?.lacks ?? []) expect(text).not.toContain(part);
    expect(text.includes("on a page")).toBe(format === "html");
    expect(text).toContain("Lists");
  });

  it("are made once, and written to every path that asks for them", async () => {
    const site = await NotebookSite.open();
    const paths = ["a/x.html", "b/y.html"].map((name) => site.path(name));

    await site.publish(source, { outputs: paths.map((path) => ({ path })), execute: "never" });

    const [first, second] = paths.map((path) => readFileSync(path, "utf8"));
    expect(first).toBe(second);
  });

  it("are written only where something changes", async () => {
    const site = await NotebookSite.open();
    const outputs = [{ path: site.path("x.html") }, { path: site.path("x.py") }];
    await site.publish(source, { outputs, execute: "never" });
    site.write("x.py", "edited by hand");

    const { outputs: written } = await site.publish(source, { outputs, execute: "never" });

    expect(written.map(({ changed }) => changed)).toEqual([false, true]);
  });

  it("show author, organisation and logo, the logo not in code", async () => {
    const site = await NotebookSite.open();
    const logo = site.write("logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");

    await site.publish(source, {
      outputs: formats.map((format) => ({ path: site.path(`x.${extensions[format]}`) })),
      branding: { author: "Ada <3", organisation: "Academy", logo },
      execute: "never",
    });

    for (const name of ["x.html", "x.ipynb", "x.py"]) {
      expect(site.read(name)).toContain("Ada &lt;3");
      expect(site.read(name).includes("data:image/svg+xml;base64,")).toBe(name !== "x.py");
    }
  });

  it("have the title in any language of the course", async () => {
    const site = await NotebookSite.open();

    await site.publish(source, { language: "fr", titles: { fr: "Les listes" }, execute: "never" });

    expect(site.read("page.html")).toContain("<title>Les listes</title>");
    expect(site.read("page.html")).toContain("<b>Lists</b>");
  });

  it("are equal from a source of Windows", async () => {
    const site = await NotebookSite.open();
    await site.publish(source, { execute: "never" });

    const { outputs } = await site.publish(source.replaceAll("\n", "\r\n"), { execute: "never" });

    expect(outputs[0]?.changed).toBe(false);
  });

  it("come from an .ipynb, too, without the outputs that it holds", async () => {
    const site = await NotebookSite.open();
    const cell = {
      ...{ cell_type: "code", metadata: {}, execution_count: 7, source: ["x = 1"] },
      outputs: [{ output_type: "stream", name: "stdout", text: "stale" }],
    };
    const text = JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 });

    await site.publish("", { source: site.write("x.ipynb", text), execute: "never" });

    expect(readable(site.read("page.html"))).toContain("x = 1");
    expect(site.read("page.html")).not.toContain("stale");
  });
});

describe("an .ipynb", () => {
  it("keeps the pictures that its cells hold, and its own language", async () => {
    const site = await NotebookSite.open();
    const cells = [
      {
        ...{ cell_type: "markdown", metadata: {}, source: "![a dot](attachment:a%20dot.png)" },
        attachments: { "a dot.png": { "image/png": "aGVsbG8=" } },
      },
      { cell_type: "code", metadata: {}, outputs: [], source: "final int x = 1;" },
    ];
    const metadata = { kernelspec: { name: "java", language: "java" } };
    const text = JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 });

    const { warnings } = await site.publish("", {
      source: site.write("x.ipynb", text),
      outputs: [{ path: site.path("page.html") }, { path: site.path("out.ipynb") }],
      execute: "never",
    });

    expect(warnings).toEqual([]);
    expect(site.read("page.html")).toContain('src="data:image/png;base64,aGVsbG8="');
    expect(site.read("page.html")).toContain('<span class="hljs-keyword">final</span>');
    expect(site.read("out.ipynb")).toContain("data:image/png;base64,aGVsbG8=");
  });
});

describe("what an author should know", () => {
  it("is told as warnings, each once", async () => {
    const site = await NotebookSite.open();

    const { warnings } = await site.publish(
      '# %% tags=["kepp"]\nx = 1\n\n# %% [markdown]\n# ![](img/none.png)',
      {
        outputs: kinds.map((kind) => ({ path: site.path(`${kind}.html`), kind })),
        execute: "never",
      },
    );

    expect(warnings.map(({ code, line }) => [code, line])).toEqual([
      ["invalid_tag", 1],
      ["missing_picture", 4],
    ]);
  });

  it("includes that nothing here runs the language, and what to install", async () => {
    const site = await NotebookSite.open();
    const java = site.write("x.java", "// %%\nint x = 1;\n");

    const { warnings, executed } = await site.publish("", { source: java });

    expect(executed).toBe("none");
    expect(warnings).toEqual([
      {
        code: "no_kernel",
        message: expect.stringMatching(/no Jupyter kernel for java is installed; install JJava/),
      },
    ]);
    expect(site.read("page.html")).toContain("hljs-type");
  });

  it.each([
    [{ execute: "always" as const }, /no Jupyter kernel for java is installed/],
    [{ kernel: "ijava-9" }, /no Jupyter kernel is called "ijava-9"/],
  ])("is an error where a kernel was asked for: %j", async (wish, message) => {
    const site = await NotebookSite.open();
    const java = site.write("x.java", "// %%\nint x = 1;\n");

    await expect(site.publish("", { source: java, ...wish })).rejects.toThrow(message);
    expect(site.files()).toEqual(["source.py", "x.java"]);
  });
});

describe("what an author must mend", () => {
  it.each([
    [
      "a source that is not there",
      { source: "/nowhere/x.py" },
      /x\.py cannot be read: it is not there/,
    ],
    ["a source of no language", { source: "/etc/hostname" }, /tells no programming language/],
    [
      "a file that is not there",
      { workingFiles: [{ relative: "x", path: "/nowhere/x" }] },
      /nowhere\/x, which/,
    ],
  ])("is told: %s", async (_, wish, message) => {
    const site = await NotebookSite.open();

    const failure = site.publish("# %%\n1", wish);

    await expect(failure).rejects.toMatchObject({ kind: "user_error" });
    await expect(failure).rejects.toThrow(message);
  });

  it("is told with file and line, when it is a template", async () => {
    const site = await NotebookSite.open();

    const failure = site.publish("# %% [markdown]\n# {{ nobody }}", { execute: "never" });

    await expect(failure).rejects.toThrow(/^source\.py: line 2: "\{\{ nobody \}\}"/);
    await expect(failure).rejects.toMatchObject({ kind: "user_error" });
  });

  it("is told of a source that is no text", async () => {
    const site = await NotebookSite.open();
    writeFileSync(site.path("latin.py"), Buffer.from([0x23, 0x20, 0xe4, 0x0a]));

    await expect(site.publish("", { source: site.path("latin.py") })).rejects.toThrow(
      /not in UTF-8/,
    );
  });

  it("leaves all outputs as they were, when one cannot be made", async () => {
    const site = await NotebookSite.open();
    const outputs = [
      { path: site.path("x.py") },
      { path: site.path("x.html"), kind: "speaker" as const },
    ];

    await expect(
      site.publish("# %% [markdown]\n# {{ is_nothing }}", { outputs, execute: "never" }),
    ).rejects.toThrow();

    expect(site.files()).toEqual(["source.py"]);
  });

  it("leaves no draft where a file cannot be written", async () => {
    const site = await NotebookSite.open();
    mkdirSync(site.path("taken.html"));

    const failure = site.publish("# %%\n", { outputs: [{ path: site.path("taken.html") }] });

    await expect(failure).rejects.toThrow();
    expect(site.files()).toEqual(["source.py", "taken.html"]);
  });
});

describe("the pictures of a page", () => {
  it("come from beside the source alone, links followed, when none are named", async () => {
    const site = await NotebookSite.open();
    site.write("in.png", "inside");
    symlinkSync("/etc/hostname", site.path("out.png"));
    chmodSync(site.path("in.png"), 0o600);

    const { warnings } = await site.publish(
      "# %% [markdown]\n# ![](in.png) ![](out.png) ![](../../etc/hostname) ![](/etc/hostname)",
      { execute: "never" },
    );

    expect(site.read("page.html")).toContain(Buffer.from("inside").toString("base64"));
    expect(site.read("page.html").match(/data:image/g)).toHaveLength(1);
    expect(warnings).toHaveLength(3);
  });
});

describe("the films of a page", () => {
  it("come from the files of the notebook; what is too large is looked for beside the page", async () => {
    const site = await NotebookSite.open();
    const film = site.write("film.webm", "a film");
    const long = site.write("long.webm", "");
    truncateSync(long, 33 * 1024 ** 2);

    const { warnings } = await site.publish(
      '# %% [markdown]\n# <video src="film.webm"></video> <video src="long.webm"></video> <video src="Film.webm"></video>',
      {
        workingFiles: [film, long].map((path) => ({ relative: basename(path), path })),
        ...{ pictures: [], execute: "never" },
      },
    );

    const page = site.read("page.html");
    expect(page).toContain(`data:video/webm;base64,${Buffer.from("a film").toString("base64")}`);
    expect(page).toContain('<video src="long.webm">');
    expect(page).toContain("media-src data: &#39;self&#39; file:;");
    expect(warnings).toMatchObject([
      { code: "missing_picture", message: expect.stringMatching(/"long\.webm" .*stand beside/) },
      { code: "missing_picture", message: expect.stringMatching(/did you mean film\.webm\?$/) },
    ]);
  });
});

describe("a payload", () => {
  const fine = { source: "/x.py", outputs: [{ path: "/x.html" }] };

  it("takes little, and knows the rest", () => {
    expect(notebookSchema.parse(fine)).toEqual({
      ...{
        source: "/x.py",
        language: "en",
        branding: {},
        workingFiles: [],
        siblings: [],
        execute: "auto",
      },
      outputs: [{ path: "/x.html", kind: "completed" }],
    });
  });

  it.each([
    [{ source: "x.py" }, "must be an absolute path"],
    [{ outputs: [] }, "outputs"],
    [{ outputs: [{ path: "/x", kind: "public" }] }, "kind"],
    [{ progLang: "cobol" }, "progLang"],
    [{ workingFiles: [{ relative: "../x", path: "/x" }] }, "within the folder"],
    [{ workingFiles: [{ relative: "/etc/x", path: "/x" }] }, "within the folder"],
    [{ language: "../de" }, "must be a language"],
    [{ exec: "never" }, "exec"],
  ])("is refused with %j", (wrong, message) => {
    const { error } = notebookSchema.safeParse({ ...fine, ...wrong });

    expect(error?.message).toContain(message);
  });
});

/** Its text, highlighted or not. */
function readable(text: string): string {
  const own = text.replaceAll(/<(style|script)>[\s\S]*?<\/\1>/g, "").replaceAll(/<[^>]*>/g, "");
  return own
    .replaceAll("&quot;", '"')
    .replaceAll("&#x27;", "'")
    .replaceAll("&gt;", ">")
    .replaceAll('\\"', '"');
}
