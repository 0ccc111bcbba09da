import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { promisify } from "node:util";
import type { ProgLang } from "../../../notebook/notebook.ts";

export interface KernelSpec {
  readonly name: string;
  readonly displayName: string;
  readonly language: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly interruptMode: "signal" | "message";
  readonly folder: string;
  /** Changes when the kernel is another: its description, or its program. */
  readonly identity: string;
}

/** What kernels call the languages. */
const languageNames: Readonly<Record<ProgLang, readonly string[]>> = {
  python: ["python"],
  cpp: ["c++", "cpp", "c++17", "c++20", "c++23"],
  csharp: ["c#", "csharp"],
  java: ["java"],
  typescript: ["typescript"],
  rust: ["rust"],
};

/** What to install where there is none. */
export const kernelToInstall: Readonly<Record<ProgLang, string>> = {
  python: "ipykernel (pip install ipykernel, or Debian's python3-ipykernel)",
  cpp: "xeus-cpp (conda install -c conda-forge xeus-cpp)",
  csharp: ".NET Interactive (dotnet tool install -g Microsoft.dotnet-interactive)",
  java: "JJava (https://github.com/dflib/jjava)",
  typescript: "Deno's kernel (deno jupyter --install)",
  rust: "evcxr_jupyter (cargo install evcxr_jupyter)",
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** The kernel of that name, or the first for the language: those of the user come first. */
export async function findKernelSpec(
  wanted: { readonly progLang: ProgLang; readonly name?: string | undefined },
  env: Environment,
): Promise<KernelSpec | undefined> {
  const names = languageNames[wanted.progLang];
  const fits = ({ name, language }: KernelSpec) =>
    wanted.name === undefined ? names.includes(language.toLowerCase()) : name === wanted.name;
  const known = specsIn(jupyterFolders(env), env).find(fits);
  return known ?? specsIn(await pythonFolders(env), env).find(fits);
}

/** Each name once: the first folder counts. */
function specsIn(folders: readonly string[], env: Environment): readonly KernelSpec[] {
  const found = new Map<string, KernelSpec>();
  for (const folder of folders) {
    const kernels = join(folder, "kernels");
    for (const name of namesIn(kernels)) {
      const spec = readSpec(name, join(kernels, name), env);
      if (spec !== undefined && !found.has(name.toLowerCase())) found.set(name.toLowerCase(), spec);
    }
  }
  return [...found.values()];
}

function jupyterFolders(env: Environment): string[] {
  const home = env.HOME ?? homedir();
  const data =
    process.platform === "darwin"
      ? join(home, "Library", "Jupyter")
      : join(env.XDG_DATA_HOME || join(home, ".local", "share"), "jupyter");
  const named = (env.JUPYTER_PATH ?? "").split(delimiter).filter((path) => path !== "");
  const virtual = [env.VIRTUAL_ENV, env.CONDA_PREFIX]
    .filter((prefix) => prefix)
    .map((prefix) => join(prefix ?? "", "share", "jupyter"));
  const own = env.JUPYTER_DATA_DIR || data;
  return [...named, ...virtual, own, "/usr/local/share/jupyter", "/usr/share/jupyter"];
}

const askedPythons = new Map<string, Promise<string[]>>();

/** Where the Python of the path has its kernels: asked once, and only when no other place helps. */
function pythonFolders(env: Environment): Promise<string[]> {
  const key = env.PATH ?? "";
  const known = askedPythons.get(key) ?? askPython(env);
  askedPythons.set(key, known);
  return known;
}

async function askPython(env: Environment): Promise<string[]> {
  const question = "import sys; print(sys.prefix)";
  try {
    const ask = promisify(execFile);
    const { stdout } = await ask("python3", ["-I", "-c", question], { env, timeout: 10_000 });
    return [join(stdout.trim(), "share", "jupyter")];
  } catch {
    return [];
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}

interface SpecDocument {
  readonly argv?: unknown;
  readonly display_name?: unknown;
  readonly language?: unknown;
  readonly env?: unknown;
  readonly interrupt_mode?: unknown;
}

function readSpec(name: string, folder: string, env: Environment): KernelSpec | undefined {
  try {
    const text = readFileSync(join(folder, "kernel.json"), "utf8");
    const spec = JSON.parse(text) as SpecDocument;
    const argv = withOwnPython(Array.isArray(spec.argv) ? spec.argv.map(String) : [], folder);
    const program = programOf(argv[0], env);
    if (program === undefined) return undefined;
    const { mtimeMs, size } = statSync(program);
    const facts = [text, program, mtimeMs, size].join("\n");
    return {
      ...{ name, folder, argv },
      displayName: String(spec.display_name ?? name),
      language: String(spec.language ?? ""),
      env: (spec.env ?? {}) as Record<string, string>,
      interruptMode: spec.interrupt_mode === "message" ? "message" : "signal",
      identity: createHash("sha256").update(facts).digest("hex").slice(0, 16),
    };
  } catch {
    return undefined;
  }
}

/** `python` without a path is the one that the kernel was installed with, as for Jupyter. */
function withOwnPython(argv: readonly string[], folder: string): readonly string[] {
  const [program = "", ...rest] = argv;
  if (!/^python(3(\.\d+)?)?$/.test(program)) return argv;
  const own = resolve(folder, "../../../..", "bin", program);
  return existsSync(own) ? [own, ...rest] : argv;
}

/** A kernel whose program is gone is none. */
function programOf(name: string | undefined, { PATH = "" }: Environment): string | undefined {
  if (name === undefined) return undefined;
  const places = isAbsolute(name)
    ? [name]
    : PATH.split(delimiter).map((folder) => join(folder, name));
  for (const place of places) {
    try {
      return realpathSync(place);
    } catch {
      // not there
    }
  }
  return undefined;
}
