/**
 * Makes few files of the command line's hundreds of modules, in place of what `tsc` wrote.
 *
 * Node needs 0.3 to 0.5 ms for each module, so a command that loads 100 of them starts 40 ms later.
 * One file has what all commands begin with; what a command needs to do its work (a supervisor,
 * the monitor, the server with its packages) stays apart, and is loaded when the command runs.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { build, type OutputOptions, type Plugin } from "rolldown";

const [folder = "dist"] = process.argv.slice(2);
const sources = resolve("src");
const main = join(sources, "cli/main.ts");
const commands = join(sources, "cli/commands.ts");
const { dependencies, optionalDependencies } = JSON.parse(
  readFileSync("package.json", "utf8"),
) as Readonly<Record<"dependencies" | "optionalDependencies", Readonly<Record<string, string>>>>;
/** Of packages with hundreds of modules: 10 MB and 50 ms of the server's start. */
const bundled = ["zod", "hono", "@hono/node-server"];
const packages = Object.keys({ ...dependencies, ...optionalDependencies }).filter(
  (name) => !bundled.includes(name),
);
let core: ReadonlySet<string> | undefined;

rmSync(join(folder, "cli"), { recursive: true, force: true });
await bundle("cli/main", {
  codeSplitting: {
    groups: [
      {
        name: (id, chunking) => (isCore(id, chunking) ? "core" : null),
        debugName: "core",
      },
    ],
  },
});
// It is another process, and started by its path.
await bundle("cli/services/main", { codeSplitting: false });

writeFileSync(join(folder, "cli/LICENSES.txt"), bundled.map(licenceOf).join("\n\n"));

/** Their authors ask for their names wherever their code goes. */
function licenceOf(name: string): string {
  return `${name}\n\n${readFileSync(join("node_modules", name, "LICENSE"), "utf8").trim()}\n`;
}

async function bundle(program: string, output: OutputOptions): Promise<void> {
  const place = dirname(program);
  const { output: files } = await build({
    input: { main: join(sources, `${program}.ts`) },
    platform: "node",
    logLevel: "warn",
    checks: { ineffectiveDynamicImport: false },
    external: [/^node:/, ...packages.map((name) => new RegExp(`^${name}(/|$)`))],
    plugins: [keepAddresses(place)],
    output: {
      ...{ dir: join(folder, place), format: "esm" },
      entryFileNames: "[name].js",
      chunkFileNames: "[name]-[hash].js",
      ...output,
    },
  });
  for (const file of files)
    if (file.type === "chunk")
      writeFileSync(join(folder, place, file.fileName), asciiAlone(file.code));
}

/** Modules find others by their own address, which they keep although their code is moved. */
function keepAddresses(place: string): Plugin {
  return {
    name: "keep-addresses",
    transform: {
      filter: { id: /\/src\//, code: "import.meta." },
      handler(code, id) {
        if (/import\.meta\.(dir|file)name/.test(code))
          throw new Error(`${id}: use import.meta.url`);
        const address = relative(join(sources, place), id).replace(/\.ts$/, ".js");
        return code.replaceAll(
          "import.meta.url",
          `new URL(${JSON.stringify(address)}, import.meta.url).href`,
        );
      },
    },
  };
}

/** V8 keeps the text of what it has loaded: in two bytes for each character if one of them needs it. */
function asciiAlone(text: string): string {
  return text.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

interface Modules {
  getModuleInfo(id: string): Imports | null;
}

interface Imports {
  readonly importedIds: readonly string[];
  readonly dynamicallyImportedIds: readonly string[];
}

/** It is there when `clx` starts, or when the help lists the commands. */
function isCore(id: string, modules: Modules): boolean {
  core ??= reachable(
    [main, ...(modules.getModuleInfo(commands)?.dynamicallyImportedIds ?? [])],
    modules,
  );
  return core.has(id);
}

function reachable(from: readonly string[], modules: Modules): ReadonlySet<string> {
  const found = new Set(from);
  for (const id of found)
    for (const other of modules.getModuleInfo(id)?.importedIds ?? []) found.add(other);
  return found;
}
