import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { placePackages } from "./place-packages.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "clx-packages-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Needs {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function install(path: string, needs: Needs = {}): void {
  const place = join(folder, "node_modules", path);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "package.json"), JSON.stringify({ name: path, ...needs }));
}

/** Where each comes from, by where it goes. */
function placed(...names: readonly string[]): Readonly<Record<string, string>> {
  const all = placePackages(join(folder, "node_modules", "clx"), names);
  const below = join(folder, "node_modules/");
  return Object.fromEntries(all.map(({ from, to }) => [to, from.replace(below, "")]));
}

describe("the packages of an image", () => {
  it("come with all that they need, from wherever npm has put it", () => {
    install("clx", { dependencies: { page: "1", "@a/font": "1" } });
    install("page", { dependencies: { parser: "1" } });
    install("parser");
    install("clx/node_modules/@a/font");

    expect(placed("page", "@a/font")).toEqual({
      "node_modules/page": "page",
      "node_modules/parser": "parser",
      "node_modules/@a/font": "clx/node_modules/@a/font",
    });
  });

  it("stand within the one that needs them when another version is at the top", () => {
    install("clx");
    install("parser");
    install("page", { dependencies: { parser: "2" } });
    install("page/node_modules/parser", { dependencies: { words: "1" } });
    install("words");

    expect(placed("parser", "page")).toEqual({
      "node_modules/parser": "parser",
      "node_modules/page": "page",
      "node_modules/page/node_modules/parser": "page/node_modules/parser",
      "node_modules/words": "words",
    });
  });

  it("may need each other, and do without what is optional and not there", () => {
    install("clx");
    install("hen", { dependencies: { egg: "1" }, optionalDependencies: { nest: "1" } });
    install("egg", { dependencies: { hen: "1" } });

    expect(Object.keys(placed("hen"))).toEqual(["node_modules/hen", "node_modules/egg"]);
  });

  it("are said to be missing when they are", () => {
    install("clx");

    expect(() => placed("page")).toThrow("needs the package page, which is not installed here");
  });

  it("are found by Node where they stand", () => {
    const require = createRequire(import.meta.url);
    const root = dirname(require.resolve("../../package.json"));

    const all = placePackages(root, ["jsdom", "zod"]);

    expect(all.map(({ to }) => to)).toEqual(
      expect.arrayContaining(["node_modules/jsdom", "node_modules/zod"]),
    );
    expect(new Set(all.map(({ to }) => to)).size).toBe(all.length);
  });
});
