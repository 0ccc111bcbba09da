import { describe, expect, it } from "vitest";
import { forbidFolderLeaks, NotebookSite } from "../support/notebook-site.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { itFindsOtherNotebooks } from "./other-notebook.ts";

forbidProcessLeaks();
forbidFolderLeaks();

/** As on a machine without Python. */
const kernel = "pyodide";

describe("a notebook in the Python that comes with clx", () => {
  it("shows what its cells print, show and answer, with the files beside it", async () => {
    const site = await NotebookSite.open();
    const helper = site.write("helper.py", "word = 'helped'\n");

    const { executed, warnings } = await site.publish(
      `# %%
import helper, sys
print(helper.word)
print("oops", file=sys.stderr)
open("written.txt", "w").write("x");

# %%
class Table:
    def _repr_html_(self):
        return "<table><tr><td>cell</td></tr></table>"
Table()

# %%
display("shown")
import asyncio
await asyncio.sleep(0)
{"a": [1, 2]}`,
      { kernel, workingFiles: [{ relative: "helper.py", path: helper }] },
    );

    expect({ executed, warnings }).toEqual({ executed: "kernel", warnings: [] });
    const page = site.read("page.html");
    expect(site.outputs()).toContain("helped");
    expect(page).toContain('<pre class="stderr">oops</pre>');
    expect(page).toContain("<td>cell</td>");
    expect(page).toContain("&#39;shown&#39;");
    expect(page).toContain("{&#39;a&#39;: [1, 2]}");
    expect(site.files()).toEqual(["helper.py", "page.html", "source.py"]);
  });

  itFindsOtherNotebooks(kernel);

  it("tells a mistake with file, line, cell and code, and writes nothing", async () => {
    const site = await NotebookSite.open();

    const failure = site.publish("# %%\nx = 1\n\n# %%\ny = 2\n1 / 0", { kernel });

    await expect(failure).rejects.toMatchObject({
      kind: "user_error",
      message: "source.py, line 6, cell 2: ZeroDivisionError: division by zero\n  y = 2\n> 1 / 0",
    });
    expect(site.files()).toEqual(["source.py"]);
  });

  it("says what to install for a package that it has not", async () => {
    const site = await NotebookSite.open();

    const failure = site.publish("# %%\nimport matplotlib.pyplot as plt", { kernel });

    await expect(failure).rejects.toThrow(
      "install a Jupyter kernel with matplotlib (pip install ipykernel matplotlib)",
    );
  });

  it("says what to install for commands to a kernel, and does without the usual one", async () => {
    const site = await NotebookSite.open();

    await site.publish("# %%\n# %matplotlib inline\nprint(1)", { kernel });
    const failure = site.publish("# %%\n# !pip list", { kernel });

    await expect(failure).rejects.toThrow("!pip needs a Jupyter kernel");
  });

  it("ends a cell without an end", async () => {
    const site = await NotebookSite.open();

    const failure = site.publish("# %%\nwhile True:\n    pass", { kernel, cellTimeoutMs: 500 });

    await expect(failure).rejects.toMatchObject({ kind: "user_error" });
  });

  it("ends when the attempt shall end", async () => {
    const site = await NotebookSite.open();
    const running = site.publish("# %%\nprint('in it')\nwhile True:\n    pass", { kernel });
    const begun = () => site.ctx.updates.some(({ message }) => message === "cell 1 of 1");
    while (!begun()) await new Promise((resolve) => setTimeout(resolve, 10));

    site.ctx.stop(new Error("somebody cancelled it"));

    await expect(running).rejects.toThrow("somebody cancelled it");
  });
});
