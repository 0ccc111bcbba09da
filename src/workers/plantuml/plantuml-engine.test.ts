import { beforeAll, describe, expect, it } from "vitest";
import { Fonts } from "../../rendering/fonts.ts";
import { PlantumlEngine } from "./plantuml-engine.ts";

let engine: PlantumlEngine;

beforeAll(async () => {
  engine = await PlantumlEngine.open(new Fonts());
});

/** One of each kind that a course may have. */
const samples: Readonly<Record<string, string>> = {
  sequence:
    "@startuml\nactor U\nU -> B : hi\nalt ok\nB --> U\nelse no\nend\nnote over U,B : n\n@enduml",
  class:
    "@startuml\nclass A {\n+foo(): int\n#bar\n}\ninterface I\nA ..|> I\nA *-- B : has\n@enduml",
  state: "@startuml\n[*] --> S\nstate S {\n[*] --> T\n}\nS --> [*]\n@enduml",
  activity: "@startuml\nstart\nif (x?) then (yes)\n#pink:a;\nelse (no)\n:b;\nendif\nstop\n@enduml",
  component: "@startuml\npackage P {\n[A]\n}\n[A] --> [B]\ndatabase D\n[B] --> D\n@enduml",
  useCase: "@startuml\nactor U\nusecase (Log in) as L\nU --> L\n@enduml",
  object: "@startuml\nobject a {\nx = 1\n}\nmap m {\nk => v\n}\na --> m\n@enduml",
  timing: '@startuml\nrobust "Web" as W\n@0\nW is Idle\n@100\nW is Busy\n@enduml',
  mindMap: "@startmindmap\n* a\n** b\n*** c\n@endmindmap",
  gantt: "@startgantt\nProject starts 2026-01-01\n[a] lasts 5 days\n@endgantt",
  wbs: "@startwbs\n* a\n** b\n@endwbs",
  json: '@startjson\n{"a": [1, null, true], "b": {"c": "d"}}\n@endjson',
  yaml: "@startyaml\na: 1\nb:\n - x\n@endyaml",
  ebnf: '@startebnf\nnumber = ["-"], digit, {digit};\n@endebnf',
  regex: "@startregex\n[a-z]+(\\d|_)?\n@endregex",
  theme: "@startuml\n!theme cerulean\nA -> B\n@enduml",
  creole:
    '@startuml\nnote as N\n **b** //i// ""m"" <size:20>big</size>\n * x\n |= h |\n | c |\nend note\n@enduml',
  sprites: "@startuml\nsprite $s {\nFF\n0F\n}\nA -> B : <$s> <:smile:> <&key>\n@enduml",
};

describe("PlantUML's engine", () => {
  it.each(Object.keys(samples))(
    "draws a diagram of the kind %s, the same each time",
    async (kind) => {
      const svg = await drawn(samples[kind] ?? "");

      expect(await drawn(samples[kind] ?? "")).toBe(svg);
      await expect(`${svg}\n`).toMatchFileSnapshot(`./golden/${kind}.svg`);
    },
  );

  it.each([
    ["a -> b\nblah blub", 3, /Syntax Error/],
    ["", 2, /Empty description/],
    ["!foo bar\na -> b", 2, /Syntax Error/],
    ["!include missing.puml", 2, /cannot include/],
    ["a -> b\n!assert 1 == 2 : no", 3, /Assertion error : no/],
    ["!$x = %foo(1)\na -> b : $x", 2, /Unknown built-in function %foo/],
    ["!theme nope\na -> b", 2, /Cannot load theme nope/],
    ["start\nendif", 3, /Cannot find if/],
    ["!include <C4/C4_Context>", undefined, /\w/],
  ])("tells what is wrong with %j", async (body, line, message) => {
    const fault = await engine.drawLines(["@startuml", ...body.split("\n"), "@enduml"]);

    expect(fault).toMatchObject({
      ...{ kind: "fault", message: expect.stringMatching(message) },
      ...(line !== undefined && { line }),
    });
  });

  it.each([
    ["@startditaa\n+--+\n@endditaa"],
    ["@startsalt\n{[ok]}\n@endsalt"],
    ["@startfoo\nx\n@endfoo"],
    ["@startlatex\nx^2\n@endlatex"],
  ])("says that it does not draw %j", async (text) => {
    expect(await engine.drawLines(text.split("\n"))).toMatchObject({
      ...{ kind: "fault", message: expect.stringContaining("set PLANTUML_JAR") },
    });
  });

  it("says that data is no data", async () => {
    expect(await engine.drawLines(["@startjson", '{"a": }', "@endjson"])).toMatchObject({
      ...{ kind: "fault", message: "the data is not valid JSON" },
    });
  });

  it.each(["a -> b : <math>x^2</math>", "a -> b : <img:foo.png>", "a -> b : <latex>x</latex>"])(
    "refuses %j, which it would leave out in silence",
    async (line) => {
      const result = await draw(`@startuml\n${line}\n@enduml`);

      expect(result).toMatchObject({ kind: "fault", line: 2 });
    },
  );

  it.each([
    "a -> b : <color:#33FF02>[From x (line 3) ]</color>",
    "a -> b : Diagram not supported by this release of PlantUML",
    "a -> b : Syntax Error?",
    "skinparam backgroundColor black\na -> b : <color:red>Syntax Error?",
  ])("takes no drawing for a mistake: %j", async (body) => {
    expect(await draw(`@startuml\n${body}\n@enduml`)).toMatchObject({ kind: "picture" });
  });

  it("goes on after mistakes as if there had been none", async () => {
    const before = await drawn(samples.class ?? "");
    await engine.drawLines(["@startuml", "!include <C4/C4_Context>", "@enduml"]);
    await engine.drawLines(["@startuml", "!theme nope", "@enduml"]);

    expect(await drawn(samples.class ?? "")).toBe(before);
  });

  it("draws PNG with as many pixels as asked for, and names letters it has not", async () => {
    const result = await draw("@startuml\na -> b : 中\n@enduml", "png");

    expect(result).toMatchObject({ picture: { width: 138, unknownLetters: ["中"] } });
  });

  it("keeps its source out of the picture", async () => {
    expect(await drawn("@startuml\n' secret\na -> b\n@enduml")).not.toMatch(/plantuml|secret/);
  });
});

async function drawn(text: string): Promise<string> {
  const svg = await engine.drawLines(text.split("\n"));
  if (typeof svg === "string") return svg;
  throw new Error(svg.message);
}

function draw(text: string, format: "svg" | "png" = "svg") {
  const lines = text.split("\n").map((line, at) => ({ text: line, file: "a.puml", line: at + 1 }));
  const signal = new AbortController().signal;
  return engine.draw({ diagram: { lines, mistakes: [] }, format, dpi: 192, folder: ".", signal });
}
