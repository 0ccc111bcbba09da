import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { chooseDiagrams } from "./choose-diagrams.ts";
import { modernActions } from "./coloured-actions.ts";
import { readDiagrams } from "./read-diagrams.ts";

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "clx-diagrams-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

describe("reading the diagrams of a file", () => {
  it("finds each, with its name and its lines", () => {
    const file = write(
      "a.puml",
      "text before\r\n@startuml\r\nA -> B\r\n@enduml\n\n@startuml second one\nclass A\n@enduml\n@startmindmap(id=third)\n* x\n@endmindmap\n",
    );

    const diagrams = readDiagrams(file);

    expect(diagrams.map(({ name }) => name)).toEqual([undefined, undefined, "third"]);
    expect(textOf(diagrams[0])).toEqual(["@startuml", "A -> B", "@enduml"]);
    expect(diagrams[1]?.lines[1]).toEqual({ text: "class A", file, line: 7 });
  });

  it.each([
    ['@startuml "two words"', "two words"],
    ["@startuml name", "name"],
    ["@startuml(id=x-1)", "x-1"],
    ["@startuml", undefined],
  ])("takes from %s the name %s", (start, name) => {
    const [diagram] = readDiagrams(write("a.puml", `${start}\nA->B\n@enduml`));

    expect(diagram?.name).toBe(name);
  });

  it("puts included files in their places, and tells lines apart", () => {
    write("parts/b.iuml", "' a comment\nB -> C\n!include c.iuml");
    write("parts/c.iuml", "@startuml\nC -> D\n@enduml\n@startuml other\nX -> Y\n@enduml");
    const file = write(
      "a.puml",
      "@startuml\n!include parts/b.iuml\n!include parts/c.iuml!other\n!include_once parts/c.iuml!1\n@enduml",
    );

    const [diagram] = readDiagrams(file);

    expect(textOf(diagram)).toEqual([
      "@startuml",
      "' a comment",
      "B -> C",
      "C -> D",
      "X -> Y",
      "X -> Y",
      "@enduml",
    ]);
    expect(diagram?.lines[2]).toMatchObject({ file: join(folder, "parts/b.iuml"), line: 2 });
  });

  it("includes a part by its name", () => {
    write("b.puml", "@startuml\n!startsub ONE\nA -> B\n!endsub\nB -> C\n@enduml");

    const [diagram] = readDiagrams(write("a.puml", "@startuml\n!includesub b.puml!ONE\n@enduml"));

    expect(textOf(diagram)).toEqual(["@startuml", "A -> B", "@enduml"]);
  });

  it.each([
    ["@startuml\nA -> B", /a\.puml, line 1: this diagram has no end; add a line "@enduml"/],
    ["@startuml\n@startuml\n@enduml", /line 1: .* has no end/],
    ["@startuml\n!include no.puml\n@enduml", /line 2: .*no\.puml cannot be read: it is not there/],
    ["@startuml\n!include a.puml\n@enduml", /line 2: a\.puml includes itself/],
    ["@startuml\n!include https://x.org/a.puml\n@enduml", /line 2: .* is not fetched/],
    ["@startuml\n!includeurl https://x.org/a.puml\n@enduml", /is not fetched/],
    ["@startuml\n!include <C4/C4_Context>\n@enduml", /library <C4\/C4_Context> does not come/],
  ])("says of the diagram in %j what is wrong with it", (text, message) => {
    const diagrams = readDiagrams(write("a.puml", text));

    expect(diagrams.flatMap(({ mistakes }) => mistakes)).toEqual([
      expect.objectContaining({ kind: "user_error", message: expect.stringMatching(message) }),
    ]);
  });

  it("reads the diagrams beside one with mistakes, and tells all of it", () => {
    const text = "@startuml\nA -> B\n@startuml two\n!include no\n!include <x>\n@enduml\n";

    const diagrams = readDiagrams(write("a.puml", `${text}@startuml three\nC -> D\n@enduml`));

    const found = diagrams.map(({ name, mistakes }) => `${name}: ${mistakes.length}`);
    expect(found).toEqual(["undefined: 1", "two: 2", "three: 0"]);
  });

  it("refuses a file without diagrams", () => {
    expect(() => readDiagrams(write("a.puml", "A -> B"))).toThrow(/holds no diagram/);
  });

  it("refuses what is no text", () => {
    writeFileSync(join(folder, "b.puml"), Buffer.of(0x40, 0xff, 0xfe));

    expect(() => readDiagrams(join(folder, "b.puml"))).toThrow(/not in UTF-8/);
    expect(() => readDiagrams(folder)).toThrow(/it is a folder/);
  });
});

describe("choosing diagrams", () => {
  const all = (names: (string | undefined)[]) =>
    names.map((name) => ({ ...(name !== undefined && { name }), lines: [], mistakes: [] }));
  const places = { source: "/s/a.puml", output: "/o/a.svg" };

  it("puts the first where it was asked for, others beside it", () => {
    const wanted = chooseDiagrams(all(["x", "two", undefined]), places);

    expect(wanted.map(({ path }) => path)).toEqual(["/o/a.svg", "/o/two.svg", "/o/a_002.svg"]);
  });

  it("lets no name leave the folder of the output", () => {
    const wanted = chooseDiagrams(all(["x", "../../etc/passwd", "..", 'a:b\\c"']), places);

    expect(wanted.map(({ path }) => dirname(path))).toEqual(["/o", "/o", "/o", "/o"]);
    expect(wanted.map(({ path }) => path)).toContain("/o/_.._etc_passwd.svg");
  });

  it("takes one by its number or name, and refuses two of one name", () => {
    const paths = (diagram: number | string) =>
      chooseDiagrams(all(["x", "y"]), { ...places, diagram }).map(({ title, path }) => [
        title,
        path,
      ]);

    expect(paths(2)).toEqual([["y", "/o/a.svg"]]);
    expect(paths("x")).toEqual([["x", "/o/a.svg"]]);
    expect(() => paths(3)).toThrow("a.puml has no diagram 3; it has x, y");
    expect(() => chooseDiagrams(all(["x", "y", "y"]), places)).toThrow(/two of its diagrams/);
  });
});

describe("coloured actions", () => {
  it("have their colour behind them, over several lines too", () => {
    const lines = ["start", "#pink:a;", " #Red:b", "  c;", ":d;"];

    expect(modernActions(lines)).toEqual(["start", ":a; <<#pink>>", " :b", "  c; <<#Red>>", ":d;"]);
  });

  it("are no protected members of classes", () => {
    const lines = ["class A {", "#age:int;", "}"];

    expect(modernActions(lines)).toEqual(lines);
  });
});

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function textOf(diagram: { readonly lines: readonly { readonly text: string }[] } | undefined) {
  return diagram?.lines.map(({ text }) => text);
}
