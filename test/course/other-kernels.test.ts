import { expect, it } from "vitest";
import { findKernelSpec } from "../../src/workers/notebook/kernel/kernelspecs.ts";
import { CourseBuildSite } from "../support/course-build.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

const program = (name: string) => new URL(`../programs/kernels/${name}`, import.meta.url).pathname;
const source = "slides/module_1/topic_100_lists/slides_lists.ts";

/** A course in TypeScript, and a place where Jupyter finds a kernel for it. */
async function siteWith(cells: string): Promise<CourseBuildSite> {
  const python = await findKernelSpec({ progLang: "python" }, process.env);
  const [python3 = ""] = python?.argv ?? [];
  return new CourseBuildSite({
    "jupyter/kernels/node/kernel.json": JSON.stringify({
      argv: [python3, program("node_kernel.py"), "-f", "{connection_file}"],
      display_name: "Node",
      language: "typescript",
      env: { NODE_CELLS: JSON.stringify([process.execPath, program("node-cells.ts")]) },
    }),
    "course.yaml": `name: { de: Kurs, en: Course }
prog-lang: typescript
sections:
  - name: { de: Eins, en: One }
    topics: [lists]
`,
    [source]: `// j2 from 'macros.j2' import header
// %% [markdown] lang="de" tags=["slide"]
// {{ header("Listen", "Lists") }}

${cells}`,
    "slides/module_1/topic_100_lists/data/numbers.json": "[1, 2, 39]",
  });
}

const build = (site: CourseBuildSite) =>
  site.run(["build", "course.yaml"], { env: { JUPYTER_PATH: `${site.folder}/jupyter` } });

const pageOf = (site: CourseBuildSite, kind: string) =>
  site.read(
    `output/${kind}/En/Course/Slides/Html/${kind === "speaker" ? "Speaker" : "Completed"}/One/01 Lists.html`,
  );

it("a course in TypeScript is executed by a Jupyter kernel for TypeScript", async () => {
  const site = await siteWith(`// %% tags=["keep"]
const numbers: number[] = JSON.parse(readFileSync("data/numbers.json", "utf8"));

// %%
print(\`\${numbers.length} numbers\`);
numbers.reduce((sum: number, one) => sum + one, 0);

// %% tags=["alt"]
html("<b>shown</b>");

// %% tags=["private"]
print("SECRET");

// %% tags=["start"]
throw new Error("never run");
`);

  const { code, stderr } = await build(site);

  expect(stderr).not.toContain("warning");
  expect(code).toBe(0);
  const page = pageOf(site, "public");
  for (const shown of ["3 numbers", "42", "<b>shown</b>"]) expect(page).toContain(shown);
  expect(page).not.toContain("SECRET");
  expect(pageOf(site, "speaker")).toContain("SECRET");
  expect(
    site.read("output/public/En/Course/Slides/TypeScript/Completed/One/01 Lists.ts"),
  ).toContain("numbers.reduce");
});

it("a mistake in TypeScript is told with file, cell and code", async () => {
  const site = await siteWith("// %%\nconst a = 1;\n\n// %%\nconst b = a;\nmissing.member;\n");

  const { code, stderr } = await build(site);

  expect(code).toBe(1);
  expect(stderr).toMatch(
    /slides_lists\.ts, line 8, cell 3: ReferenceError: missing is not defined/,
  );
  expect(stderr).toMatch(/^ {4} {2}missing\.member;$/m);
});

it("a kernel for TypeScript that dies in a cell is tried again, and then told", async () => {
  const site = await siteWith("// %%\nend(3);\n");

  const { code, stderr } = await build(site);

  expect(code).toBe(1);
  expect(stderr).toMatch(/runs again: .*kernel/);
  expect(stderr).toMatch(/failed: pages of .*cell 2/);
});
