import { execFileSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { bestOf } from "../support/best-of.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What only some commands need, and then load when they run. */
const heavy =
  /^server\/(?!server-settings\.ts)|^(?:dashboard|monitor|worker|workers|executor|link)\/|^store\/sqlite\/|^supervisor\/supervisor\.ts|^diagnosis\/diagnose\.ts/;

it("a start of clx, or its help, loads no supervisor, monitor, server or store", () => {
  const commands = globSync("cli/commands/*.ts", { cwd: join(root, "src") });

  const loaded = withAllTheyImport(["cli/main.ts", ...commands]);

  expect(loaded.filter((path) => heavy.test(path) && path !== "worker/sibling-module.ts")).toEqual(
    [],
  );
});

it("packages of the server, and cryptography, are not loaded at a start", () => {
  const commands = globSync("cli/commands/*.ts", { cwd: join(root, "src") });

  const loaded = withAllTheyImport(["cli/main.ts", ...commands]);

  const packages = new Set(loaded.flatMap(importsOf).filter((name) => !name.startsWith(".")));
  expect([...packages].filter((name) => !name.startsWith("node:"))).toEqual([]);
  expect([...packages]).not.toContain("node:crypto");
});

describe.runIf(existsSync(join(root, "dist/cli/main.js")))("the built clx", () => {
  forbidProcessLeaks();

  it.each(["worker/main", "worker/pulse/thread"])(
    "has no network client in %s before one is needed: it is a third of a worker's start",
    (program) => {
      const text = readFileSync(join(root, `dist/${program}.js`), "utf8");

      expect(text).toMatch(/^import .* from "node:fs"/m);
      expect(text).not.toMatch(
        /^import .* from "node:(http|https|http2|tls|child_process|crypto)"/m,
      );
    },
  );

  it.each([
    ["says its version", ["--version"]],
    ["lists its commands", ["--help"]],
    ["lists tasks", ["tasks", "list"]],
    ["completes ids", ["completion", "--ids", "tasks"]],
  ])("%s in less than three times what Node alone takes", { timeout: 120_000 }, async (_, args) => {
    const cwd = mkdtempSync(join(tmpdir(), "clx-start-"));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    const clx = [join(root, "bin/clx.js"), ...args];
    run(cwd, [join(root, "bin/clx.js"), "submit", "command", "--", "true"]);

    const ratio = await bestOf(3, () => {
      const bare = Math.min(run(cwd, ["-e", "0"]), run(cwd, ["-e", "0"]));
      return run(cwd, clx) / bare;
    });

    expect(ratio).toBeLessThan(3);
  });

  it("is kept in memory with a byte for each character", () => {
    const files = globSync("cli/**/*.js", { cwd: join(root, "dist") });
    const wide = files.filter((file) =>
      readFileSync(join(root, "dist", file)).some((byte) => byte > 0x7f),
    );

    expect(files.length).toBeGreaterThan(10);
    expect(wide).toEqual([]);
  });
});

/** Milliseconds. */
function run(cwd: string, args: readonly string[]): number {
  const start = performance.now();
  execFileSync(process.execPath, args, { cwd, stdio: "pipe" });
  return performance.now() - start;
}

function withAllTheyImport(paths: readonly string[]): readonly string[] {
  const found = new Set(paths);
  for (const path of found) {
    const own = importsOf(path).filter((name) => name.startsWith("."));
    for (const name of own) found.add(normalize(join(dirname(path), name)));
  }
  return [...found];
}

/** Those that are loaded with it: neither types nor `await import`. */
function importsOf(path: string): readonly string[] {
  const code = readFileSync(join(root, "src", path), "utf8");
  const statements = code.matchAll(
    /^(?:import|export) (?!type\b)(?:[^;"]*? from )?"(?<name>[^"]+)";/gm,
  );
  return [...statements].flatMap(({ groups, 0: text }) =>
    isOfTypes(text) ? [] : (groups?.name ?? []),
  );
}

/** `import { type A, type B } from …` */
function isOfTypes(statement: string): boolean {
  const names = /\{(?<names>[^}]*)\}/.exec(statement)?.groups?.names?.split(",") ?? [""];
  return names.every((name) => name.trim() === "" || name.trim().startsWith("type "))
    ? names.some((name) => name.trim() !== "")
    : false;
}
