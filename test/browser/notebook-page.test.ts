import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import type { CellOutput } from "../../src/notebook/notebook.ts";
import { readPercent } from "../../src/notebook/read-percent.ts";
import { selectCells } from "../../src/notebook/select-cells.ts";
import { writeHtml } from "../../src/notebook/write-html.ts";
import { mathStyle } from "../../src/workers/notebook/math-style.ts";
import { useBrowser } from "../support/browser.ts";
import { accessFaults, overflow } from "./page-stage.ts";

const browser = useBrowser();

const source = `# %% [markdown] tags=["slide"]
# # Lists
# Inline $\\bar{x}$ and $$\\sum_{i=1}^n \\frac{1}{i} = \\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}$$
#
# | Method | Cost of it, told at some length | Another column of the table |
# |--------|---------------------------------|------------------------------|
# | append | constant                        | amortised                    |

# %% tags=["keep"]
print("a line of code that is so long that no telephone in the world could ever show it in one piece")

# %% [markdown] tags=["subslide"]
# ## Tuples
# [A link](https://example.org), \`code\`, and
# > a quotation.

# %%
x = [value for value in range(10)]  # a comment
raise ValueError("wrong")

# %% [markdown] tags=["notes"]
# Say **this**, \`that\` and [more](https://example.org).

# %% tags=["private"]
y = 1

# %% [markdown] tags=["slide"]
# ## Sets`;

const esc = "\u{1b}";
const outputs: readonly CellOutput[] = [
  {
    kind: "stream",
    name: "stdout",
    text: `plain ${esc}[31mred ${esc}[32mgreen ${esc}[33myellow ${esc}[36mcyan ${esc}[90mgrey${esc}[0m ${esc}[44mon blue${esc}[0m`,
  },
  { kind: "stream", name: "stderr", text: "a warning" },
  {
    kind: "error",
    name: "E",
    message: "",
    traceback: [`${esc}[0;31mValueError${esc}[0m: ${esc}[0;34mwrong${esc}[0m`],
  },
  {
    kind: "result",
    data: {
      "text/html":
        "<table border='1'><tr><th></th><th>a</th></tr><tr><td>1</td><td>2</td></tr></table>",
    },
    metadata: {},
  },
  { kind: "result", data: { "application/json": { key: [1, true, "text"] } }, metadata: {} },
];

describe("a page of a notebook", () => {
  it.each([
    [360, "light", ""],
    [360, "dark", "#slide-2"],
    [900, "dark", ""],
    [900, "light", "#slide-1"],
    [1600, "light", ""],
  ] as const)("is accessible and fits %i pixels (%s) %s", async (width, colorScheme, hash) => {
    const viewport = { width, height: 800 };
    const page = await browser.visit(pageUrl() + hash, { viewport, colorScheme });

    expect(await accessFaults(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
  });

  it("is shown as slides, by keys, with one at a time", async () => {
    const page = await browser.visit(pageUrl());
    const shown = () =>
      page.locator(".slide:visible").evaluateAll((all) => all.map(({ id }) => id));

    await page.getByRole("button", { name: "Slides" }).click();
    const first = await shown();
    await page.keyboard.press("ArrowRight");
    const second = await shown();
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowRight");
    const last = await shown();
    await page.keyboard.press("ArrowLeft");
    const previous = await shown();
    await page.keyboard.press("Escape");
    const all = await shown();

    expect([first, second, last, previous]).toEqual([
      ["slide-1"],
      ["slide-2"],
      ["slide-3"],
      ["slide-2"],
    ]);
    expect(all).toHaveLength(3);
  });

  it("begins with the slide that its address names", async () => {
    const page = await browser.visit(`${pageUrl()}#slide-3`);

    expect(await page.getByRole("status").textContent()).toBe("3 / 3");
    expect(await page.getByRole("heading", { name: "Sets" }).isVisible()).toBe(true);
  });

  it("keeps the colours that its reader has chosen", async () => {
    const page = await browser.visit(pageUrl(), { colorScheme: "light" });
    const ground = () =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await ground();

    const button = page.getByRole("button", { name: /Colours/ });
    await button.click();
    await button.click();
    const dark = await ground();

    expect(dark).not.toBe(light);
    // The browser takes a moment to put down what a page keeps.
    await expect
      .poll(async () => {
        await page.reload();
        return await ground();
      })
      .toBe(dark);
    expect(await button.textContent()).toBe("Colours: Dark");
  });

  it("lets keys reach its content, its table of contents and code that is wider than it", async () => {
    const page = await browser.visit(pageUrl(), { viewport: { width: 360, height: 800 } });

    await page.keyboard.press("Tab");
    const skip = await page.evaluate(() => document.activeElement?.getAttribute("href"));
    await page.keyboard.press("Enter");

    expect(skip).toBe("#content");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
    expect(await page.locator("pre[tabindex='0']").count()).toBeGreaterThan(0);
    await page.getByText("Contents").click();
    await page.getByRole("link", { name: "Tuples" }).click();
    expect(await page.evaluate(() => location.hash)).toBe("#tuples");
  });

  it("shows an output with scripts in a frame that cannot reach the page", async () => {
    const script = `document.body.textContent = "drawn"; try { parent.document.title = "hacked" } catch {}`;
    const data = { "text/html": `<p></p><script>${script}</script>` };

    const page = await browser.visit(pageUrl([{ kind: "result", data, metadata: {} }]));

    await page.frameLocator("iframe").first().getByText("drawn").waitFor();
    expect(await page.title()).toBe("Lists");
  });

  it("is all there without its script", async () => {
    const page = await browser.visit(pageUrl(), { javaScriptEnabled: false });

    expect(await page.locator(".slide:visible").count()).toBe(3);
    expect(await page.getByRole("button").count()).toBe(0);
  });
});

function pageUrl(shown = outputs): string {
  const folder = mkdtempSync(join(tmpdir(), "clx-page-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const selection = { kind: "speaker", language: "en" } as const;
  const selected = selectCells(readPercent(source, "python"), selection);
  const notebook = {
    ...selected,
    cells: selected.cells.map((cell) =>
      cell.source.startsWith("x =") ? { ...cell, outputs: shown } : cell,
    ),
  };
  const { html } = writeHtml(notebook, {
    ...selection,
    ...{ title: "Lists", pictures: { find: () => undefined, nearest: () => undefined }, mathStyle },
  });
  const path = join(folder, "page.html");
  writeFileSync(path, html);
  return pathToFileURL(path).href;
}
