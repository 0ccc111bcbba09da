import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Environment } from "../config/environment.ts";
import { outputOf } from "../machine/program-output.ts";
import { type Check, judged } from "./check.ts";
import type { WantedPool } from "./wanted-pools.ts";

const { ok, warning, problem } = judged("tools");

export interface ToolsParams {
  readonly pools: readonly WantedPool[];
  /** Worker types that ship with this version. */
  readonly shipped: readonly string[];
  readonly env: Environment;
  /** Look only whether programs are there, and start none. */
  readonly quick?: boolean;
}

/** What the configured worker types need besides us. */
export function checkTools({ pools, shipped, env, quick = false }: ToolsParams): Check[] {
  return pools.flatMap((pool) => [
    ...(pool.wantsDocker ? [] : checkTool(pool, env, quick)),
    ...checkProgram(pool, shipped, env),
  ]);
}

interface ToolUser {
  readonly type: string;
  readonly settings?: WantedPool["settings"] | undefined;
}

/** Why workers of a type could not draw with the tool that is configured, and what to do. */
export function toolFault(pool: ToolUser, env: Environment): string | undefined {
  const fault = checkTool(pool, env, true).find(({ level }) => level === "problem");
  return fault && `${fault.message} ${fault.fix}`;
}

function checkTool({ type, settings }: ToolUser, env: Environment, quick: boolean): Check[] {
  if (type === "plantuml")
    return checkPlantUml(wishOf({ type, settings }, "jar", env, "PLANTUML_JAR"), env, quick);
  if (type === "drawio")
    return checkDrawIo(wishOf({ type, settings }, "executable", env, "DRAWIO_EXECUTABLE"), env);
  return [];
}

/** A tool of the user's, and where it is named. */
interface Wish {
  readonly name: string;
  readonly value: string | undefined;
}

/** Settings of the type come before the environment, as its workers have it. */
function wishOf(
  { type, settings }: ToolUser,
  key: string,
  env: Environment,
  variable: string,
): Wish {
  const set = settings?.settings?.[key];
  if (typeof set === "string") return { name: `workers.${type}.settings.${key}`, value: set };
  return { name: variable, value: env[variable] };
}

/** Without a JAR, clx draws by itself. */
function checkPlantUml({ name, value: jar }: Wish, env: Environment, quick: boolean): Check[] {
  if (!jar)
    return [ok("plantuml", `${name} is not set: PlantUML diagrams need nothing installed.`)];
  if (!isFile(jar)) {
    return [
      problem({
        name: "plantuml",
        message: `${name} is ${jar}, and there is no such file.`,
        fix: "Correct it, or unset it: without it PlantUML diagrams need nothing installed.",
      }),
    ];
  }
  if (!isAbsolute(jar)) {
    return [
      problem({
        name: "plantuml",
        message: `${name} is ${jar}, which each worker would look for in another folder.`,
        fix: "Write its whole path.",
      }),
    ];
  }
  const java = findProgram("java", env);
  if (java === undefined || !(quick || answers(java))) {
    return [
      problem({
        name: "java",
        message: `${name} is set (${jar}), and ${java === undefined ? "there is no program java in PATH" : `${java} does not run`}.`,
        fix: `Install a Java runtime (such as openjdk, headless is enough), or unset it.`,
      }),
    ];
  }
  return [ok("plantuml", `PlantUML diagrams are drawn by ${jar}, with ${java}.`)];
}

function answers(java: string): boolean {
  return outputOf(java, ["--version"], { timeoutMs: 10_000 }) !== "";
}

function checkDrawIo({ name, value: wanted }: Wish, env: Environment): Check[] {
  if (!wanted) {
    return [ok("drawio", `${name} is not set: draw.io diagrams need nothing installed.`)];
  }
  const found = findProgram(wanted, env);
  if (found !== undefined && process.platform === "linux" && !findProgram("Xvfb", env)) {
    return [
      problem({
        name: "drawio",
        message: `${name} is ${wanted}, which wants a display, and there is no program Xvfb in PATH.`,
        fix: "Install Xvfb (Debian's xvfb), or unset it: without it draw.io diagrams need nothing installed.",
      }),
    ];
  }
  if (found !== undefined) return [ok("drawio", `draw.io diagrams are drawn by ${found}.`)];
  return [
    problem({
      name: "drawio",
      message: `${name} is ${wanted}, and that is no program that we may run.`,
      fix: "Correct it, or unset it: without it draw.io diagrams need nothing installed.",
    }),
  ];
}

function checkProgram(
  { type, isNamed, settings }: WantedPool,
  shipped: readonly string[],
  env: Environment,
): Check[] {
  const program = settings?.program;
  if (program?.kind === "command") return [checkCommand(type, program, env)];
  if (program?.kind === "module") return [checkModule(type, program.url)];
  if (shipped.includes(type) || !isNamed) return [];
  return [
    warning({
      name: `worker_type_${type}`,
      message: `${type} workers are configured, and this version of clx has none.`,
      fix: `Use a newer clx, or set workers.${type}.count to 0.`,
    }),
  ];
}

function checkCommand(
  type: string,
  { argv, cwd }: { readonly argv: readonly string[]; readonly cwd: string },
  env: Environment,
): Check {
  const [program = ""] = argv;
  const found = findProgram(program, env, cwd);
  if (found !== undefined) return ok(`worker_type_${type}`, `${type} tasks are done by ${found}.`);
  return problem({
    name: `worker_type_${type}`,
    message: `${type} tasks are to be done by ${program}, and there is no such program that we may run.`,
    fix: `Install it, put it into PATH, or correct workers.${type}.command.`,
  });
}

function checkModule(type: string, url: string): Check {
  const name = `worker_type_${type}`;
  if (!url.startsWith("file:") || isFile(fileURLToPath(url))) {
    return ok(name, `${type} tasks are done by ${url}.`);
  }
  return problem({
    name,
    message: `${type} tasks are to be done by ${fileURLToPath(url)}, and there is no such file.`,
    fix: `Correct workers.${type}.handler.`,
  });
}

/** As a shell would find it. */
export function findProgram(name: string, env: Environment, cwd = "."): string | undefined {
  const places =
    name.includes("/") || isAbsolute(name)
      ? [resolve(cwd, name)]
      : (env.PATH ?? "").split(delimiter).map((folder) => join(folder || cwd, name));
  return places.find((place) => isFile(place) && isExecutable(place));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
