import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { identify } from "../../src/machine/process-identity.ts";
import { StopReason } from "../../src/worker/handler.ts";
import { forbidFolderLeaks, kernelFolders, NotebookSite } from "../support/notebook-site.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { until } from "../support/until.ts";
import { itFindsOtherNotebooks, otherNotebook } from "./other-notebook.ts";

forbidProcessLeaks();
forbidFolderLeaks();

/** Debian's, whatever else this machine has. */
const kernel = "python3";

describe("a notebook on a Jupyter kernel", () => {
  it("shows what its cells print, show and answer", async () => {
    const site = await NotebookSite.open();

    const { executed, warnings } = await site.publish(
      `# %%
print("printed")

# %%
x = 40

# %%
x + 2

# %%
from IPython.display import HTML, display
display(HTML("<b>shown</b>"))`,
      { kernel },
    );

    expect({ executed, warnings }).toEqual({ executed: "kernel", warnings: [] });
    expect(site.outputs()).toContain("printed");
    expect(site.outputs()).toContain("42");
    expect(site.read("page.html")).toContain("<b>shown</b>");
    expect(site.ctx.updates).toContainEqual({ fraction: 0.75, message: "cell 4 of 4" });
  });

  it("runs in a folder of its own: what it writes reaches no source", async () => {
    const site = await NotebookSite.open();
    const helper = site.write("helper.py", "word = 'helped'\n");
    const data = site.write("data.csv", "1,2\n");

    await site.publish(
      `# %%
import helper
print(helper.word)
open("data/data.csv", "a").write("3,4")
open("data/data.csv").read()`,
      {
        kernel,
        workingFiles: [
          { relative: "helper.py", path: helper },
          { relative: "data/data.csv", path: data },
        ],
      },
    );

    expect(site.outputs()).toContain("helped");
    expect(site.outputs()).toContain("3,4");
    expect(site.read("data.csv")).toBe("1,2\n");
    expect(site.files()).toEqual(["data.csv", "helper.py", "page.html", "source.py"]);
  });

  itFindsOtherNotebooks(kernel);

  it("runs anew when another notebook that it reads says something else to everybody", async () => {
    const site = await NotebookSite.open();
    const path = site.write("slides_other.py", otherNotebook);
    const executionCache = site.path("executions.json");
    const wish = { kernel, executionCache };
    const publish = async (isInput: boolean) => {
      const siblings = [{ relative: "slides_other.py", path, isInput }];
      return (await site.publish("# %%\n1", { ...wish, siblings })).executed;
    };
    expect([await publish(true), await publish(true)]).toEqual(["kernel", "cache"]);

    site.write("slides_other.py", otherNotebook.replace("NOTES", "OTHER NOTES"));
    expect(await publish(true)).toBe("cache");
    site.write("slides_other.py", otherNotebook.replace("shared", "changed"));
    expect(await publish(true)).toBe("kernel");
    expect(await publish(false)).toBe("kernel");
    site.write("slides_other.py", otherNotebook);
    expect(await publish(false)).toBe("cache");
  });

  it("gives each notebook a kernel that nobody has used", async () => {
    const site = await NotebookSite.open();

    await site.publish("# %%\nleft = 1\nprint('first')", { kernel });
    await site.publish("# %%\nprint('left' in globals())", { kernel });

    expect(site.outputs()).toContain("False");
  });

  it("gives the same bytes for the same notebook, the order of sets included", async () => {
    const site = await NotebookSite.open();
    const source = "# %%\nprint({'a', 'b', 'c', 'd', 'e'})";

    await site.publish(source, { kernel });
    const { outputs } = await site.publish(source, { kernel });

    expect(outputs).toEqual([expect.objectContaining({ changed: false })]);
  });

  it("tells a mistake with file, line, cell and code, and writes nothing", async () => {
    const site = await NotebookSite.open();
    const source = [
      '# %% [markdown] lang="de"\n# Hallo\n',
      "# %%\r\nok = 1\r\n",
      "# %%\n\ndef f():\n    return missing\n\nf()",
    ].join("\n");
    site.write("page.html", "before");

    const failure = site.publish(source, { kernel });

    await expect(failure).rejects.toMatchObject({
      kind: "user_error",
      message: `source.py, line 12, cell 3: NameError: name 'missing' is not defined
  def f():
      return missing

> f()`,
    });
    expect(site.read("page.html")).toBe("before");
  });

  it("tells what is no Python at all with its line", async () => {
    const site = await NotebookSite.open();

    const failure = site.publish("# %%\nx = 1\ny = (\n", { kernel });

    await expect(failure).rejects.toThrow(/source\.py, line 3, cell 1: SyntaxError/);
  });

  it("shows the error of a cell that is meant to raise", async () => {
    const site = await NotebookSite.open();

    const { warnings } = await site.publish('# %% tags=["raises-exception"]\n1 / 0', { kernel });

    expect(site.outputs()).toContain("ZeroDivisionError: division by zero");
    expect(warnings).toEqual([]);
  });

  it("interrupts a cell that takes longer than it may", async () => {
    const site = await NotebookSite.open();

    const failure = site.publish("# %%\nimport time\ntime.sleep(600)", {
      kernel,
      cellTimeoutMs: 300,
    });

    await expect(failure).rejects.toMatchObject({
      kind: "user_error",
      message: expect.stringContaining("source.py, line 1, cell 1: the cell ran longer"),
    });
  });

  it("ends a cell that cannot be interrupted", async () => {
    const site = await NotebookSite.open();
    const source = `# %%
import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
time.sleep(600)`;

    await expect(site.publish(source, { kernel, cellTimeoutMs: 300 })).rejects.toThrow(/longer/);
  });

  it("calls the death of a kernel nobody's mistake, so that it is tried again", async () => {
    const site = await NotebookSite.open();

    const failure = site.publish("# %%\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)", {
      kernel,
    });

    await expect(failure).rejects.toMatchObject({
      kind: "handler_error",
      message: expect.stringMatching(
        /^source\.py, line 1, cell 1: the kernel python3 ended by SIGKILL/,
      ),
      facts: { details: expect.stringContaining("os.kill(os.getpid()") },
    });
  });

  it("ends the kernel and all that it started, as soon as the attempt shall end", async () => {
    const site = await NotebookSite.open();
    const file = site.path("pid");
    const running = site.publish(
      `# %%
import subprocess
child = subprocess.Popen(["sleep", "600"], start_new_session=True)
open(${JSON.stringify(file)}, "w").write(str(child.pid))
child.wait()`,
      { kernel },
    );
    const pid: number = await until(() =>
      existsSync(file) ? Number(readFileSync(file, "utf8")) : 0,
    );

    site.ctx.stop(new StopReason("cancelled", "somebody cancelled it", 1_000));

    await expect(running).rejects.toThrow("somebody cancelled it");
    expect(identify(pid)).toBeUndefined();
  });

  it("tells which cell was running when the attempt had no more time", async () => {
    const site = await NotebookSite.open();
    const file = site.path("begun");
    const running = site.publish(
      `# %%\n1\n# %%\nimport time\nopen(${JSON.stringify(file)}, "w")\ntime.sleep(600)`,
      { kernel },
    );
    await until(() => existsSync(file));

    site.ctx.stop(new StopReason("timed_out", "it ran too long", 1_000));

    await expect(running).rejects.toMatchObject({
      message: "it ran too long",
      facts: { details: expect.stringMatching(/^in source\.py, line 3, cell 2:\n {2}import time/) },
    });
  });

  it("executes nothing when the attempt shall end before its kernel is there", async () => {
    const site = await NotebookSite.open();
    const running = site.publish("# %%\nprint(1)", { kernel });
    await until(() => site.ctx.updates.length > 0);

    site.ctx.stop(new StopReason("cancelled", "somebody cancelled it", 1_000));

    await expect(running).rejects.toThrow("somebody cancelled it");
    expect(site.files()).toEqual(["source.py"]);
  });

  it("ends no kernel that was started ahead with the attempt that waits for it", async () => {
    const site = await NotebookSite.open();
    await site.publish("# %%\nprint(1)", { kernel });
    const running = site.publish("# %%\nprint(2)", { kernel });
    site.ctx.stop(new StopReason("cancelled", "somebody cancelled it", 1_000));

    await expect(running).rejects.toThrow("somebody cancelled it");
    await expect.poll(kernelFolders).toHaveLength(1);
  });

  it("keeps what the cells gave, until they or their files change", async () => {
    const site = await NotebookSite.open();
    const helper = site.write("helper.py", "x = 1\n");
    const wish = {
      kernel,
      executionCache: site.path("cache.json"),
      workingFiles: [{ relative: "helper.py", path: helper }],
    };
    const source = "# %%\nimport helper, time\nprint(helper.x, time.time_ns())";
    const publish = async () => (await site.publish(source, wish)).executed;

    const first = [await publish(), await publish()];
    const page = site.read("page.html");
    site.write("helper.py", "x = 2\n");
    const second = await publish();
    writeFileSync(site.path("cache.json"), "{broken");
    const third = await publish();

    expect([...first, second, third]).toEqual(["kernel", "cache", "kernel", "kernel"]);
    expect(site.read("page.html")).not.toBe(page);
  });

  it("stops a cell that prints without end from filling the page", async () => {
    const site = await NotebookSite.open();

    await site.publish('# %%\nfor i in range(300):\n    print("x" * 10_000)', { kernel });

    expect(site.read("page.html").length).toBeLessThan(1_100_000);
    expect(site.outputs()).toContain("the rest is left out");
  });

  it("never executes for the public what is a speaker's alone", async () => {
    const site = await NotebookSite.open();

    await site.publish(
      `# %% tags=["private"]
secret = "SECRET"
def reveal():
    raise ValueError("SECRET")

# %% [markdown] tags=["notes"]
# SECRET

# %%
print(globals().get("secr" + "et"))
print([text for text in In if "SEC" + "RET" in text])`,
      {
        kernel,
        outputs: (["speaker", "completed", "code-along"] as const).flatMap((kind) =>
          ["html", "ipynb", "py"].map((end) => ({ kind, path: site.path(`${kind}.${end}`) })),
        ),
      },
    );

    expect(site.outputs("speaker.html")).toContain("SECRET");
    const open = site.files().filter((name) => /^(completed|code-along)/.test(name));
    expect(open).toHaveLength(6);
    for (const name of open) expect(site.read(name)).not.toContain("SECRET");
    expect(site.outputs("completed.html")).toContain("None");
  });

  it("starts the next kernel while this one works, and ends it with the worker", async () => {
    const site = await NotebookSite.open();

    await site.publish("# %%\nprint(1)", { kernel });

    expect(await until(() => kernelFolders().length)).toBe(1);
  });
});
