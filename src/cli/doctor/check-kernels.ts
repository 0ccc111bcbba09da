import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { readCourse } from "../../course/discovery/read-course.ts";
import { progLangOf } from "../../course/plan/layout.ts";
import { type Check, judged } from "../../diagnosis/check.ts";
import { type ProgLang, progLangs } from "../../notebook/notebook.ts";
import { findKernelSpec, kernelToInstall } from "../../workers/notebook/kernel/kernelspecs.ts";

const { ok, warning } = judged("tools");

export interface KernelChecks {
  readonly cwd: string;
  /** The course that shall be built; the `course.yaml` of the folder when left out. */
  readonly spec?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** Which notebooks can be executed here: those of a course, or of any language. */
export async function checkKernels({ cwd, spec, env }: KernelChecks): Promise<readonly Check[]> {
  const path = resolve(cwd, spec ?? "course.yaml");
  const wanted = spec !== undefined || existsSync(path) ? languagesOf(path) : undefined;
  const found = await Promise.all(
    (wanted ?? progLangs).map(async (progLang) => ({
      progLang,
      runner: await runnerOf(progLang, env),
    })),
  );
  if (wanted === undefined) return [inGeneral(found)];
  return found.map(({ progLang, runner }) => {
    const name = `kernel_${progLang}`;
    if (runner !== undefined) return ok(name, `Notebooks in ${progLang} are run by ${runner}.`);
    return warning({
      name,
      message: `${basename(path)} has notebooks in ${progLang}, and no Jupyter kernel for it is installed: their pages will have no outputs.`,
      fix: `Install ${kernelToInstall[progLang]}.`,
    });
  });
}

type Found = { readonly progLang: ProgLang; readonly runner: string | undefined };

function inGeneral(found: readonly Found[]): Check {
  const here = found.flatMap(({ progLang, runner }) =>
    runner === undefined ? [] : [`${progLang} (${runner})`],
  );
  const missing = found.filter(({ runner }) => runner === undefined);
  const others =
    missing.length === 0
      ? ""
      : `; for ${missing.map(({ progLang }) => progLang).join(", ")} no Jupyter kernel is installed`;
  return ok("kernels", `Notebooks can be run in ${here.join(", ")}${others}.`);
}

async function runnerOf(progLang: ProgLang, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const spec = await findKernelSpec({ progLang }, env);
  if (spec !== undefined) return `the Jupyter kernel ${spec.name}`;
  return progLang === "python" ? "Pyodide, which comes with clx" : undefined;
}

/** Those of its notebooks, and its own: what is wrong with a spec is told by its build. */
function languagesOf(specPath: string): readonly ProgLang[] | undefined {
  const { course } = readCourse({ specPath });
  if (course === undefined) return undefined;
  const notebooks = course.sections.flatMap(({ topics }) => topics).flatMap((t) => t.notebooks);
  return [...new Set(notebooks.map((notebook) => progLangOf(course, notebook)))];
}
