import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

/**
 * Who may import whom. A folder may always import itself; the longest key that fits a file
 * is its row. A value ends in "/" for a folder, or names one file (a contract).
 */
const mayImport: Record<string, readonly string[]> = {
  "domain/": [],
  "machine/": ["domain/"],
  "store/": ["domain/"],
  "executor/": ["domain/", "machine/"],
  "link/": ["domain/", "machine/", "store/task-store.ts"],
  "link/open-link.ts": ["domain/", "machine/", "store/"],
  "agent/": ["domain/"],
  "config/": ["domain/", "agent/"],
  "worker/": [
    "domain/",
    "machine/",
    "store/task-store.ts",
    "executor/executor.ts",
    "link/worker-link.ts",
    "link/open-link.ts",
  ],
  "supervisor/": [
    "domain/",
    "machine/",
    "store/task-store.ts",
    "executor/executor.ts",
    "link/worker-link.ts",
  ],
  "workers/": ["domain/", "machine/", "worker/handler.ts", "agent/", "rendering/", "notebook/"],
  "rendering/": ["domain/", "machine/", "worker/handler.ts"],
  "notebook/": ["domain/"],
  "course/": ["domain/", "machine/", "notebook/"],
  "lifecycle/": [
    "domain/",
    "machine/",
    "config/",
    "supervisor/",
    "store/task-store.ts",
    "executor/executor.ts",
    "link/worker-link.ts",
  ],
  "overview/": [
    "domain/",
    "machine/",
    "store/task-store.ts",
    "supervisor/admission.ts",
    "supervisor/host-workers.ts",
  ],
  "diagnosis/": [
    "domain/",
    "machine/",
    "config/",
    "overview/",
    "lifecycle/services/",
    "store/task-store.ts",
    "store/sqlite/examine.ts",
    "supervisor/admission.ts",
    "supervisor/host-workers.ts",
    "executor/docker/engine.ts",
    "executor/docker/image.ts",
    "executor/docker/image-content.ts",
  ],
  "docker-images/": ["domain/", "executor/docker/"],
  "library/": [
    "agent/",
    "lifecycle/",
    "config/",
    "domain/",
    "executor/",
    "link/",
    "machine/",
    "store/",
    "supervisor/",
    "worker/",
    "workers/",
  ],
  "server/": [
    "domain/",
    "machine/",
    "config/",
    "supervisor/",
    "lifecycle/",
    "overview/",
    "library/",
    "dashboard/",
    "agent/",
    "store/task-store.ts",
    "store/access-store.ts",
    "executor/executor.ts",
    "link/api/",
  ],
  "client/": ["domain/", "agent/", "server/schemas/", "server/health.ts"],
  "dashboard/": ["domain/", "agent/", "overview/", "store/task-store.ts", "store/access-store.ts"],
  "monitor/": [
    "domain/",
    "overview/overview.ts",
    "store/task-store.ts",
    "library/changes.ts",
    "cli/present/",
    "cli/terminal.ts",
  ],
  "cli/": ["*"],
  "index.ts": ["*"],
};

/** Folders whose subfolders never import each other. */
const strangersWithin = ["workers/"];

/** For settings, or to build the environment of a child. */
const mayReadEnvironment = [
  "config/",
  "cli/",
  "executor/direct/",
  "executor/docker/",
  "executor/inline/",
  "machine/process-table/",
  "worker/main.ts",
  "workers/agent/",
  "workers/command/",
  "workers/drawio/",
  "workers/notebook/kernel/",
  "workers/plantuml/",
];

const forbiddenNames = /^(utils?|helpers?|common|misc|shared)(\.ts)?$/;

const maxLines = 400;

interface SourceFile {
  /** From `src/`, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const files = globSync("src/**/*.{ts,tsx}").map((path) => readSource(path));
const productFiles = files.filter(({ path }) => !path.endsWith(".test.ts"));

describe("the house of src", () => {
  it("is found", () => {
    expect(productFiles.length).toBeGreaterThan(20);
  });

  it("imports only what its table allows", () => {
    const breaches = productFiles.flatMap(({ path, imports }) =>
      imports
        .filter((target) => !isAllowed(path, target))
        .map((target) => `${path} must not import ${target}`),
    );

    expect(breaches).toEqual([]);
  });

  it("imports only product files that are there, by their full name", () => {
    const known = new Set(productFiles.map(({ path }) => path));

    const missing = productFiles.flatMap(({ path, imports }) =>
      imports
        .filter((target) => !known.has(target) && !target.endsWith(".json"))
        .map((target) => `${path} imports ${target}`),
    );

    expect(missing).toEqual([]);
  });

  it("has no cycle of imports, not even of types", () => {
    expect(findCycles(productFiles)).toEqual([]);
  });

  it("has no barrel files besides index.ts", () => {
    const barrels = productFiles
      .filter(({ path }) => path !== "index.ts")
      .filter(({ path, text }) => path.endsWith("/index.ts") || /^export\s.*\sfrom\s/m.test(text))
      .map(({ path }) => path);

    expect(barrels).toEqual([]);
  });

  it("names its files and folders in kebab-case, and none of them after nothing", () => {
    const misnamed = files
      .map(({ path }) => path)
      .filter((path) =>
        path
          .split("/")
          .some(
            (part) =>
              !/^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.conformance)?(\.tsx?)?$/.test(part) ||
              forbiddenNames.test(part),
          ),
      );

    expect(misnamed).toEqual([]);
  });

  it("reads the environment in few places", () => {
    const readers = productFiles
      .filter(({ path }) => !mayReadEnvironment.some((folder) => path.startsWith(folder)))
      .filter(({ text }) => /process\s*\.\s*env\b|\benv\b.*from "node:process"/.test(code(text)))
      .map(({ path }) => path);

    expect(readers).toEqual([]);
  });

  it(`has no file of more than ${maxLines} lines, contracts apart`, () => {
    const contracts = ["store/task-store.ts"];

    const long = productFiles
      .filter(({ path }) => !contracts.includes(path) && !path.includes("conformance/"))
      .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
      .filter(({ lines }) => lines > maxLines)
      .map(({ path, lines }) => `${path}: ${lines} lines`);

    expect(long).toEqual([]);
  });
});

describe("the guard itself", () => {
  it("sees every way of importing", () => {
    const text = [
      `import type { A } from "./a.ts";`,
      `import {\n  b,\n} from "./b.ts";`,
      `import "./c.ts";`,
      `export { d } from "./d.ts";`,
      `const e = await import("./e.ts");`,
      `type F = import("./f.ts").F;`,
      `// import "./not.ts";`,
      `import g from "node:path";`,
    ].join("\n");

    expect(importsOf("worker/x.ts", text)).toEqual(
      ["a", "b", "c", "d", "e", "f"].map((name) => `worker/${name}.ts`),
    );
  });

  it("refuses a worker type that imports another, and takes the longest row", () => {
    expect(isAllowed("workers/command/x.ts", "workers/notebook/y.ts")).toBe(false);
    expect(isAllowed("workers/command/x.ts", "workers/command/y.ts")).toBe(true);
    expect(isAllowed("workers/command/x.ts", "worker/handler.ts")).toBe(true);
    expect(isAllowed("workers/command/x.ts", "worker/main.ts")).toBe(false);
    expect(isAllowed("domain/x.ts", "store/task-store.ts")).toBe(false);
    expect(isAllowed("supervisor/x.ts", "store/sqlite/y.ts")).toBe(false);
    expect(isAllowed("link/open-link.ts", "store/sqlite/y.ts")).toBe(true);
    expect(isAllowed("link/x.ts", "store/sqlite/y.ts")).toBe(false);
    expect(isAllowed("unheard-of/x.ts", "domain/task.ts")).toBe(false);
  });

  it("finds a cycle of three", () => {
    const ring = ["a", "b", "c"].map((name, at, names) => ({
      path: `${name}.ts`,
      text: "",
      imports: [`${names[(at + 1) % 3]}.ts`],
    }));

    expect(findCycles(ring)).toEqual(["a.ts → b.ts → c.ts → a.ts"]);
  });
});

function readSource(file: string): SourceFile {
  const path = file.replaceAll("\\", "/").replace(/^src\//, "");
  const text = readFileSync(file, "utf8");
  return { path, text, imports: importsOf(path, text) };
}

function importsOf(path: string, text: string): string[] {
  const specifier = /(?:\bfrom\s*|\bimport\s*\(?\s*)(["'])(\.{1,2}\/[^"']+)\1/g;
  return [...code(text).matchAll(specifier)].map(([, , target = ""]) =>
    normalize(join(dirname(path), target)).replaceAll("\\", "/"),
  );
}

/** The text without its comments (a "//" inside a string, as in a URL, is kept). */
function code(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "$1");
}

function isAllowed(path: string, target: string): boolean {
  const row = rowOf(path);
  if (row === undefined) return false;
  const home = topFolder(path);
  if (home !== undefined && target.startsWith(home)) return !areStrangers(path, target);
  return (mayImport[row] ?? []).some((allowed) => allowed === "*" || fits(target, allowed));
}

function rowOf(path: string): string | undefined {
  return Object.keys(mayImport)
    .filter((row) => fits(path, row))
    .toSorted((a, b) => b.length - a.length)[0];
}

function fits(path: string, row: string): boolean {
  return row.endsWith("/") ? path.startsWith(row) : path === row;
}

function topFolder(path: string): string | undefined {
  return /^[^/]+\//.exec(path)?.[0];
}

function areStrangers(path: string, target: string): boolean {
  const within = strangersWithin.find((folder) => path.startsWith(folder));
  return within !== undefined && path.split("/")[1] !== target.split("/")[1];
}

function findCycles(sources: readonly SourceFile[]): string[] {
  const importsByPath = new Map(sources.map(({ path, imports }) => [path, imports]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
    } else if (!done.has(path)) {
      for (const target of importsByPath.get(path) ?? []) visit(target, [...trail, path]);
      done.add(path);
    }
  };
  for (const path of importsByPath.keys()) visit(path, []);
  return cycles;
}
